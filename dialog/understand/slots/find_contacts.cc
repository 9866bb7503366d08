#include <algorithm>
#include <cctype>
#include <string>

#include "dialog/understand/slots/mention.h"
#include "dialog/understand/slots/numbers.h"
#include "phonenumbers/phonenumberutil.h"
#include "re2/re2.h"

namespace frontdesk::understand {

namespace {

using ::i18n::phonenumbers::PhoneNumber;
using ::i18n::phonenumbers::PhoneNumberUtil;

// Vault token types and the slot types they are values of.
std::string_view VaultSlotType(std::string_view token) {
  if (token.starts_with("<EMAIL_")) return slot_type::kEmail;
  if (token.starts_with("<PHONE_")) return slot_type::kPhone;
  if (token.starts_with("<PERSON_")) return slot_type::kName;
  if (token.starts_with("<POSTCODE_")) return slot_type::kPostcode;
  if (token.starts_with("<ADDRESS_")) return slot_type::kText;
  return {};
}

// First token that begins at or after folded byte `at`.
size_t TokenAt(const Message& m, size_t at) {
  size_t i = 0;
  while (i < m.size() && m.tokens[i].folded_begin < at) ++i;
  return i;
}

void FindVaultTokens(Reading* r) {
  const Message& m = r->message;
  for (size_t i = 0; i < m.size(); ++i) {
    if (m.tokens[i].kind != MessageToken::kVault) continue;
    std::string_view type = VaultSlotType(m.key(i));
    // Redaction takes whatever answers a question for a place as an address.
    if (m.key(i).starts_with("<ADDRESS_") && r->Asked(slot_type::kPostcode)) {
      type = slot_type::kPostcode;
    }
    if (type.empty()) {
      r->Take(i, i + 1);
    } else {
      r->Add(type, m.key(i), i, i + 1);
    }
  }
}

void FindWrittenEmails(Reading* r) {
  static const RE2& address = *new RE2(
      R"(([a-z0-9][a-z0-9._%+\-]*@[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?)*\.[a-z]{2,24}))");
  const Message& m = r->message;
  re2::StringPiece rest(m.folded.data(), m.folded.size());
  std::string found;
  while (RE2::FindAndConsume(&rest, address, &found)) {
    const size_t end = rest.data() - m.folded.data();
    const size_t first = TokenAt(m, end - found.size());
    size_t last = first;
    while (last < m.size() && m.tokens[last].folded_end <= end) ++last;
    if (r->Free(first, last)) r->Add(slot_type::kEmail, found, first, last);
  }
}

// "jane underscore doe at mail dot example": the local part is the words joined by marks.
void FindSpokenEmails(Reading* r) {
  const Message& m = r->message;
  for (size_t at = 1; at + 2 < m.size(); ++at) {
    if (r->book.spoken_at.Match(m, at) == 0 || r->taken[at]) continue;
    const auto is_part = [&](size_t i) {
      return i < m.size() && !r->taken[i] &&
             (m.tokens[i].kind == MessageToken::kWord || m.IsNumber(i));
    };
    const auto mark = [&](size_t i) { return r->book.spoken_marks.Find(m, i); };
    // The domain: word (dot word)+.
    if (!is_part(at + 1) || mark(at + 1).tokens > 0) continue;
    std::string domain = m.key(at + 1);
    size_t last = at + 2, dots = 0;
    while (is_part(last) && r->book.spoken_dot.Match(m, last) > 0 && is_part(last + 1)) {
      domain += "." + m.key(last + 1);
      last += 2;
      ++dots;
    }
    if (dots == 0 || !is_part(at - 1)) continue;
    // The local part, read backwards: word (mark word)*; figures stick to the word before them.
    size_t first = at - 1;
    std::string local = m.key(first);
    while (first >= 1) {
      const auto written = [&](size_t i) {
        return (m.IsMark(i, '_') || m.IsMark(i, '.') || m.IsMark(i, '-')) && m.tokens[i].joined &&
               m.tokens[i + 1].joined;
      };
      if (first >= 2 && written(first - 1) && is_part(first - 2)) {
        local = m.key(first - 2) + m.key(first - 1) + local;
        first -= 2;
      } else if (first >= 2 && mark(first - 1).tokens > 0 && is_part(first - 2)) {
        local = m.key(first - 2) + std::string(mark(first - 1).code) + local;
        first -= 2;
      } else if (m.IsNumber(first) && is_part(first - 1) && mark(first - 1).tokens == 0) {
        local = m.key(first - 1) + local;
        first -= 1;
      } else {
        break;
      }
    }
    r->Add(slot_type::kEmail, local + "@" + domain, first, last);
  }
}

std::string Region(const std::string& locale) {
  const size_t dash = locale.rfind('-');
  return dash == std::string::npos ? "ZZ" : locale.substr(dash + 1);
}

// "ext 14", "x14" after a phone number.
size_t Extension(const Reading& r, size_t at, std::string* digits) {
  static const char* const kWords[] = {"ext", "extension", "x", "durchwahl", "apt"};
  const Message& m = r.message;
  size_t i = at;
  if (m.IsMark(i, ',')) ++i;
  if (i >= m.size() || std::none_of(std::begin(kWords), std::end(kWords),
                                    [&](const char* w) { return m.key(i) == w; })) {
    return 0;
  }
  ++i;
  if (m.IsMark(i, '.') || m.IsMark(i, ':')) ++i;
  if (!m.IsNumber(i) || m.key(i).size() > 6) return 0;
  *digits = m.key(i);
  return i + 1 - at;
}

// A stretch of figures and the marks people write in phone numbers.
struct Stretch {
  size_t last = 0;
  std::string digits;
  bool plus = false, brackets = false, spoken = false;
};

Stretch ReadStretch(const Reading& r, size_t first) {
  const Message& m = r.message;
  Stretch s;
  size_t i = first;
  if (m.IsMark(i, '+')) {
    s.plus = true;
    ++i;
  }
  while (i < m.size() && !r.taken[i]) {
    if (m.IsNumber(i)) {
      s.digits += m.key(i++);
      s.last = i;
    } else if (m.IsMark(i, '(') || m.IsMark(i, ')')) {
      s.brackets = true;
      ++i;
    } else if (m.IsMark(i, '-') || m.IsMark(i, '/') || (m.IsMark(i, '.') && m.tokens[i].joined)) {
      ++i;
    } else {
      break;
    }
  }
  return s;
}

}  // namespace

void FindPhones(Reading* r) {
  const Message& m = r->message;
  const bool asked = r->Asked(slot_type::kPhone);
  const bool order_asked = r->Asked(slot_type::kOrderNumber);
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  for (size_t i = 0; i < m.size(); ++i) {
    if (r->taken[i] || !(m.IsNumber(i) || m.IsMark(i, '+') || m.IsMark(i, '('))) continue;
    Stretch s = ReadStretch(*r, i);
    if (s.digits.empty() && asked) s.last = i;
    if (s.last <= i) continue;
    const bool looks_like_one = s.plus || s.brackets || s.digits.starts_with("0");
    if (s.digits.size() < 7 || s.digits.size() > 15 || !(asked || (looks_like_one && !order_asked) || s.plus)) {
      i = std::max(i, s.last - 1);
      continue;
    }
    PhoneNumber number;
    const std::string raw = (s.plus ? "+" : "") + s.digits;
    if (util.Parse(raw, Region(r->input.locale), &number) != PhoneNumberUtil::NO_PARSING_ERROR ||
        !(util.IsPossibleNumber(number) || asked)) {
      i = s.last - 1;
      continue;
    }
    std::string canonical;
    util.Format(number, PhoneNumberUtil::E164, &canonical);
    r->Add(slot_type::kPhone, canonical, i, s.last);
    std::string extension;
    if (const size_t tokens = Extension(*r, s.last, &extension); tokens > 0) {
      r->Add(slot_type::kPhoneExtension, extension, s.last, s.last + tokens);
      s.last += tokens;
    }
    i = s.last - 1;
  }
  if (!asked) return;
  // A dictated number: "oh eight seven, one two three ...".
  for (size_t i = 0; i < m.size(); ++i) {
    if (r->taken[i]) continue;
    const DigitRun run = ReadDigitRun(m, i, r->book);
    if (!run.spoken || run.digits.size() < 7 || run.digits.size() > 15 ||
        !r->Free(i, i + run.tokens)) {
      continue;
    }
    PhoneNumber number;
    if (util.Parse(run.digits, Region(r->input.locale), &number) !=
        PhoneNumberUtil::NO_PARSING_ERROR) {
      continue;
    }
    std::string canonical;
    util.Format(number, PhoneNumberUtil::E164, &canonical);
    r->Add(slot_type::kPhone, canonical, i, i + run.tokens);
  }
}

void FindContacts(Reading* r) {
  FindVaultTokens(r);
  FindWrittenEmails(r);
  FindSpokenEmails(r);
}

}  // namespace frontdesk::understand
