#include "dialog/screen/disguise.h"

#include <algorithm>
#include <optional>

#include "text/language.h"
#include "text/normalise.h"

namespace frontdesk::screen {
namespace {

bool Letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool Digit(char c) { return c >= '0' && c <= '9'; }

std::vector<std::string_view> WordsOf(std::string_view text) {
  std::vector<std::string_view> words;
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    while (end < text.size() && Letter(text[end])) ++end;
    if (end > at) words.push_back(text.substr(at, end - at));
    at = std::max(end, at + 1);
  }
  return words;
}

// Share of words that are English or German function words, in percent.
int FunctionWordShare(std::string_view text, size_t* found) {
  const auto english = text::StopWords("en"), german = text::StopWords("de");
  const std::vector<std::string_view> words = WordsOf(text);
  *found = 0;
  for (const std::string_view word : words) {
    *found += word.size() > 1 && (std::binary_search(english.begin(), english.end(), word) ||
                                  std::binary_search(german.begin(), german.end(), word))
                  ? 1
                  : 0;
  }
  return words.empty() ? 0 : static_cast<int>(100 * *found / words.size());
}

// Whether the candidate reads as a sentence where the text itself does not.
bool ReadsBetter(std::string_view candidate, std::string_view text) {
  size_t here = 0, there = 0;
  const int share = FunctionWordShare(candidate, &here);
  return here >= 2 && share >= 20 && share > 3 * FunctionWordShare(text, &there);
}

std::string Rot13(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>('a' + (c - 'a' + 13) % 26);
  return out;
}

// "l33t" and "h4x0r" in words that also hold letters.
std::optional<std::string> Unleet(std::string_view text) {
  std::string out(text);
  int changed = 0;
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    int letters = 0, signs = 0;
    const auto sign = [](char c) {
      return std::string_view("0134578@$!|").find(c) != std::string_view::npos;
    };
    while (end < text.size() && (Letter(text[end]) || sign(text[end]))) {
      letters += Letter(text[end]) ? 1 : 0;
      signs += sign(text[end]) && text[end] != '!' ? 1 : 0;
      ++end;
    }
    if (letters >= 1 && signs >= 1 && letters + signs >= 3) {
      for (size_t i = at; i < end; ++i) {
        static constexpr std::string_view kSigns = "0134578@$|", kLetters = "oieastbasi";
        const size_t which = kSigns.find(text[i]);
        if (which != std::string_view::npos) out[i] = kLetters[which];
      }
      ++changed;
    }
    at = std::max(end, at + 1);
  }
  return changed >= 2 ? std::optional(out) : std::nullopt;
}

// "i g n o r e" as one word; two blanks, or a word of several letters, end it.
std::optional<std::string> Unspaced(std::string_view text) {
  std::string out;
  bool found = false;
  for (size_t at = 0; at < text.size();) {
    size_t end = at, letters = 0;
    while (end < text.size() && Letter(text[end]) &&
           (end + 1 == text.size() || text[end + 1] == ' ' || text[end + 1] == '.' ||
            text[end + 1] == '-') &&
           (end == 0 || !Letter(text[end - 1]))) {
      ++letters;
      end += 2;
    }
    if (letters >= 4) {
      for (size_t i = at; i < std::min(end, text.size()); i += 2) out += text[i];
      out += ' ';
      at = std::min(end, text.size());
      found = true;
    } else {
      out += text[at++];
    }
  }
  return found ? std::optional(out) : std::nullopt;
}

std::optional<std::string> Base64Decoded(std::string_view run) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  uint32_t held = 0;
  int bits = 0;
  for (const char c : run) {
    held = held << 6 | static_cast<uint32_t>(kAlphabet.find(c));
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>(held >> bits & 0xff);
    }
  }
  size_t plain = 0, blanks = 0;
  for (const char c : bytes) {
    plain += c >= ' ' && c <= '~' ? 1 : 0;
    blanks += c == ' ' ? 1 : 0;
  }
  if (plain + 1 < bytes.size() || blanks == 0) return std::nullopt;
  return bytes;
}

// The readable base64 runs of the original (case matters there), joined.
std::string DecodedRuns(std::string_view original) {
  std::string decoded;
  for (size_t at = 0; at < original.size();) {
    size_t end = at;
    while (end < original.size() && (Letter(original[end]) || Digit(original[end]) ||
                                     original[end] == '+' || original[end] == '/')) {
      ++end;
    }
    if (end - at >= 16) {
      if (const auto bytes = Base64Decoded(original.substr(at, end - at))) {
        decoded += *bytes + " ";
      }
    }
    at = std::max(end, at + 1);
  }
  return decoded;
}

}  // namespace

std::vector<std::string> Readings(std::string_view original) {
  const std::string text = text::FoldText(original, {.confusables = true});
  std::vector<std::string> readings = {text};
  if (const std::string decoded = DecodedRuns(original); !decoded.empty()) {
    readings.push_back(text::FoldText(decoded));
  }
  if (auto plain = Unleet(text)) readings.push_back(*std::move(plain));
  if (auto joined = Unspaced(text)) readings.push_back(*std::move(joined));
  if (std::string rotated = Rot13(text); ReadsBetter(rotated, text)) {
    readings.push_back(std::move(rotated));
  } else if (std::string backwards(text.rbegin(), text.rend()); ReadsBetter(backwards, text)) {
    readings.push_back(std::move(backwards));
  }
  return readings;
}

}  // namespace frontdesk::screen
