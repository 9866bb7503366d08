// Addresses of machines: URLs, IPv4, IPv6, MAC.
#include <array>
#include <charconv>
#include <optional>
#include <string>

#include "tools/pii/recognise/candidate.h"
#include "tools/pii/recognise/context.h"
#include "tools/pii/recognise/hosts.h"

namespace frontdesk::tools {
namespace {

constexpr ContextWords kVersionWords(std::to_array<std::string_view>(
    {"version", "v", "ver", "ver.", "firmware", "release", "build", "update", "patch", "app",
     "software", "driver", "os", "section"}));

bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); }

Candidate Make(std::size_t begin, std::size_t end, PiiType type, std::string value,
               double confidence) {
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), type,
          std::move(value), confidence};
}

// Where a URL that starts at begin ends: at white space, quotes or brackets that it did not
// open; closing punctuation is left out.
std::size_t UrlEnd(std::string_view text, std::size_t begin) {
  std::size_t end = begin;
  int round = 0, square = 0;
  for (; end < text.size(); ++end) {
    const char c = text[end];
    if (IsSpace(c) || c == '<' || c == '>' || c == '"' || c == '\'' || c == '`' || c == '|') break;
    if (c == '(') ++round;
    if (c == ')' && --round < 0) break;
    if (c == '[') ++square;
    if (c == ']' && --square < 0) break;
    // Scripts without blanks end a URL: its characters are ASCII or two-byte letters.
    if (static_cast<unsigned char>(c) >= 0xE3) break;
  }
  while (end > begin &&
         std::string_view(".,;:!?*_-").find(text[end - 1]) != std::string_view::npos) {
    --end;
  }
  return end;
}

void FindWithScheme(std::string_view text, Candidates& out) {
  for (std::size_t at = text.find("://"); at != std::string_view::npos;
       at = text.find("://", at + 3)) {
    std::size_t begin = at;
    while (begin > 0 && at - begin < 12 &&
           (IsAsciiLetter(text[begin - 1]) || IsDigit(text[begin - 1]))) {
      --begin;
    }
    const std::size_t end = UrlEnd(text, at + 3);
    if (begin == at || end < at + 6) continue;
    out.push_back(
        Make(begin, end, PiiType::kUrl, std::string(text.substr(begin, end - begin)), 0.99));
  }
}

bool IsHostByte(char c) { return IsDigit(c) || IsAsciiLetter(c) || c == '-' || c == '.'; }

// "www.example.org/path" and "fernhill-pottery.ie".
void FindBareHosts(std::string_view text, Candidates& out) {
  for (std::size_t dot = text.find('.'); dot != std::string_view::npos;) {
    std::size_t begin = dot, end = dot;
    while (begin > 0 && IsHostByte(text[begin - 1])) --begin;
    while (end < text.size() && IsHostByte(text[end])) ++end;
    const std::size_t next = text.find('.', std::max(end, dot + 1));
    while (end > begin && !IsAsciiLetter(text[end - 1]) && !IsDigit(text[end - 1])) --end;
    const std::string_view host = text.substr(begin, end - begin);
    const std::size_t last = host.rfind('.');
    dot = next;
    if (last == std::string_view::npos || host.find("..") != std::string_view::npos) continue;
    if (begin > 0 &&
        (text[begin - 1] == '@' || text[begin - 1] == '/' || IsLetter(text[begin - 1]))) {
      continue;
    }
    if (end < text.size() && (text[end] == '@' || text[end] == '(')) continue;
    const std::string_view ending = host.substr(last + 1);
    const bool www = host.starts_with("www.") && host.size() > 6 && host.find('.', 4) != host.npos;
    const bool path = end < text.size() && text[end] == '/' && IsKnownTopLevel(ending);
    const bool bare = IsBareUrlTopLevel(ending) && host.size() - ending.size() >= 4 &&
                      IsAsciiLetter(host.front());
    if (!www && !bare && !(path && last >= 3)) continue;
    const std::size_t stop =
        end < text.size() && (text[end] == '/' || text[end] == '?' || text[end] == ':')
            ? std::max(end, UrlEnd(text, end))
            : end;
    out.push_back(Make(begin, stop, PiiType::kUrl, std::string(text.substr(begin, stop - begin)),
                       www ? 0.95 : 0.7));
  }
}

// "www dot fernhill-pottery dot ie".
void FindSpelledHosts(std::string_view text, Candidates& out) {
  for (std::size_t at = text.find("www "); at != std::string_view::npos; at = text.find("www ", at + 1)) {
    if (at > 0 && IsWordByte(text[at - 1])) continue;
    for (const std::string_view dot : {" dot ", " punkt ", " punto ", " point "}) {
      std::string host = "www";
      std::size_t here = at + 3, stop = at;
      while (text.substr(here).starts_with(dot)) {
        const std::size_t label = here + dot.size();
        here = label;
        while (here < text.size() && (IsWordByte(text[here]) || text[here] == '-')) ++here;
        if (here == label) break;
        const std::string_view name = text.substr(label, here - label);
        host.append(".").append(name);
        if (IsKnownTopLevel(name)) stop = here;
      }
      if (stop > at) out.push_back(Make(at, stop, PiiType::kUrl, host, 0.9));
    }
  }
}

// One octet at text[i]: its length, 0 when there is none.
std::size_t OctetLength(std::string_view text, std::size_t i) {
  std::size_t end = i;
  int value = 0;
  while (end < text.size() && IsDigit(text[end]) && end - i < 3)
    value = value * 10 + text[end++] - '0';
  if (end == i || value > 255 || (end < text.size() && IsDigit(text[end]))) return 0;
  if (end - i > 1 && text[i] == '0') return 0;
  return end - i;
}

constexpr ContextWords kIpWords(std::to_array<std::string_view>({"ip", "ipv6"}));
constexpr ContextWords kHostWords(std::to_array<std::string_view>({"ip", "ipv4", "address", "server", "host", "router"}));

// A dot between octets at text[i], hidden or (spelled) said: its length, 0 when there is none.
std::size_t IpDotLength(std::string_view text, std::size_t i, bool spelled = false) {
  if (i >= text.size()) return 0;
  if (text[i] == '.') return 1;
  if (text[i] != '[' && text[i] != '(' && text[i] != ' ') return 0;
  const std::string_view rest = text.substr(i);
  for (const std::string_view dot : {"[.]", "(.)", "[dot]", "(dot)"}) {
    if (rest.starts_with(dot)) return dot.size();
  }
  for (const std::string_view dot : {" dot ", " punkt ", " point ", " punto "}) {
    if (spelled && rest.starts_with(dot)) return dot.size();
  }
  return 0;
}

void FindIpv4(const View& view, Candidates& out) {
  const std::string_view text = view.text();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!IsDigit(text[i])) continue;
    const char before = view.At(static_cast<std::ptrdiff_t>(i) - 1);
    std::size_t end = i;
    std::string value;
    int octets = 0;
    if (!IsWordByte(before) &&
        !(before == '.' && IsDigit(view.At(static_cast<std::ptrdiff_t>(i) - 2)))) {
      for (std::size_t at = i; octets < 4;) {
        const std::size_t length = OctetLength(text, at);
        if (length == 0) break;
        value.append(octets > 0 ? "." : "").append(text.substr(at, length));
        end = at + length;
        ++octets;
        std::size_t dot = IpDotLength(text, end);
        if (dot == 0 && (dot = IpDotLength(text, end, true)) > 0 && !WordBefore(view, i, kHostWords, 24)) {
          dot = 0;  // a dot is said only of a host
        }
        if (dot == 0) break;
        at = end + dot;
      }
    }
    const char after = view.At(static_cast<std::ptrdiff_t>(end));
    const bool more = IsWordByte(after) ||
                      (IpDotLength(text, end) > 0 &&
                       IsDigit(view.At(static_cast<std::ptrdiff_t>(end + IpDotLength(text, end)))));
    if (octets == 4 && !more && !WordBefore(view, i, kVersionWords, 16)) {
      out.push_back(Make(i, end, PiiType::kIp, value, 0.95));
      i = end;
    } else {
      while (i + 1 < text.size() && IsDigit(text[i + 1])) ++i;
    }
  }
}

// Groups of up to four hex digits in RFC 4291's forms.
bool IsIpv6(std::string_view text) {
  int groups = 0;
  bool gap = false;
  std::size_t i = 0;
  if (text.starts_with("::")) {
    gap = true;
    i = 2;
  }
  while (i < text.size()) {
    std::size_t end = i;
    while (end < text.size() && IsHex(text[end])) ++end;
    if (end < text.size() && text[end] == '.') {  // ends in an IPv4 address
      int octets = 0;
      for (std::size_t at = i;; ++at) {
        const std::size_t length = OctetLength(text, at);
        if (length == 0) return false;
        at += length;
        if (++octets == 4) return at == text.size() && (groups == 6 || (gap && groups < 6));
        if (at >= text.size() || text[at] != '.') return false;
      }
    }
    if (end == i || end - i > 4) return false;
    ++groups;
    i = end;
    if (i == text.size()) break;
    if (text[i++] != ':') return false;
    if (i < text.size() && text[i] == ':') {
      if (gap) return false;
      gap = true;
      ++i;
    } else if (i == text.size()) {
      return false;
    }
  }
  return gap ? groups >= 1 && groups <= 7 : groups == 8;
}

void FindColonAddresses(const View& view, Candidates& out) {
  const std::string_view text = view.text();
  for (std::size_t colon = text.find(':'); colon != std::string_view::npos;) {
    std::size_t begin = colon, end = colon;
    while (begin > 0 && (IsHex(text[begin - 1]) || text[begin - 1] == ':')) --begin;
    while (end < text.size() && (IsHex(text[end]) || text[end] == ':' || text[end] == '.')) ++end;
    const std::size_t next = text.find(':', end);
    while (end > begin && (text[end - 1] == '.' ||
                           (text[end - 1] == ':' && !text.substr(0, end).ends_with("::")))) {
      --end;
    }
    if (begin < end && text[begin] == ':' && !text.substr(begin).starts_with("::")) ++begin;
    const std::string_view found = text.substr(begin, end - begin);
    const bool alone = !IsWordByte(view.At(static_cast<std::ptrdiff_t>(begin) - 1)) &&
                       !IsWordByte(view.At(static_cast<std::ptrdiff_t>(end)));
    if (alone && found.size() >= 4 && IsIpv6(found) &&
        (found.size() >= 7 ||
         WordBefore(view, begin, kIpWords))) {
      out.push_back(Make(begin, end, PiiType::kIp, std::string(found), 0.95));
    }
    colon = next;
  }
}

// Six pairs with one separator, or three groups of four with dots that hold a letter.
void FindMacs(const View& view, Candidates& out) {
  constexpr std::size_t kShortest = 14;
  const std::string_view text = view.text();
  const auto of_mac = [&](std::size_t at) {
    const char c = text[at];
    return IsHex(c) || c == ':' || c == '-' || c == '.';
  };
  for (std::size_t i = 0; i + kShortest <= text.size(); ++i) {
    // A byte that no address holds takes all places before it with it; most texts are passed so.
    std::size_t last = i + kShortest;
    while (last > i && of_mac(last - 1)) --last;
    if (last > i) {
      i = last - 1;
      continue;
    }
    if (text[i + 2] != ':' && text[i + 2] != '-' && text[i + 4] != '.') continue;
    if (!IsHex(text[i]) || IsWordByte(view.At(static_cast<std::ptrdiff_t>(i) - 1))) continue;
    const auto matches = [&](std::size_t groups, std::size_t width, char separator) {
      for (std::size_t g = 0; g < groups; ++g) {
        const std::size_t at = i + g * (width + 1);
        for (std::size_t k = 0; k < width; ++k) {
          if (at + k >= text.size() || !IsHex(text[at + k])) return false;
        }
        if (g + 1 < groups && view.At(static_cast<std::ptrdiff_t>(at + width)) != separator)
          return false;
      }
      const char after = view.At(static_cast<std::ptrdiff_t>(i + groups * (width + 1) - 1));
      return !IsWordByte(after) && after != separator;
    };
    const bool pairs = (text[i + 2] == ':' || text[i + 2] == '-') && matches(6, 2, text[i + 2]);
    const bool quads = text[i + 4] == '.' && matches(3, 4, '.') &&
                       text.substr(i, 14).find_first_of("abcdef") != std::string_view::npos;
    if (!pairs && !quads) continue;
    const std::size_t length = pairs ? 17 : 14;
    std::string value;
    for (const char c : text.substr(i, length)) {
      if (IsHex(c)) value += c;
    }
    out.push_back(Make(i, i + length, PiiType::kMac, value, 0.95));
    i += length;
  }
}

}  // namespace

void FindUrls(const View& view, Candidates& out) {
  FindWithScheme(view.text(), out);
  FindSpelledHosts(view.text(), out);
  FindBareHosts(view.text(), out);
}

void FindNetworkAddresses(const View& view, Candidates& out) {
  FindIpv4(view, out);
  FindColonAddresses(view, out);
  FindMacs(view, out);
}

}  // namespace frontdesk::tools
