#include <algorithm>
#include <cctype>
#include <string>

#include "dialog/understand/slots/mention.h"

namespace frontdesk::understand {

namespace {

bool HasMention(const Reading& r, std::string_view type) {
  return std::any_of(r.mentions.begin(), r.mentions.end(),
                     [&](const Mention& mention) { return mention.type == type; });
}

// "D02 X285": letters and figures from the first short group that belongs to a code.
void FindPostcode(Reading* r) {
  const Message& m = r->message;
  std::string code;
  size_t first = 0, last = 0;
  for (size_t i = 0; i < m.size(); ++i) {
    if (!m.IsNumber(i)) continue;
    first = i;
    while (first > 0 && m.tokens[first - 1].kind == MessageToken::kWord &&
           m.key(first - 1).size() <= 2 && m.tokens[first].joined) {
      --first;
    }
    last = i + 1;
    while (last < m.size() && (m.IsNumber(last) || (m.tokens[last].kind == MessageToken::kWord &&
                                                    m.key(last).size() <= 2))) {
      ++last;
    }
    break;
  }
  for (size_t i = first; i < last; ++i) code += m.key(i);
  std::transform(code.begin(), code.end(), code.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (code.size() < 3 || code.size() > 9 || !r->Free(first, last)) return;
  r->Add(slot_type::kPostcode, code, first, last);
}

std::string Trimmed(std::string_view text) {
  const auto space = [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && (space(text.back()) || text.back() == '.')) text.remove_suffix(1);
  return std::string(text);
}

}  // namespace

void FindAskedPostcode(Reading* r) {
  if (r->Asked(slot_type::kPostcode) && !HasMention(*r, slot_type::kPostcode)) FindPostcode(r);
}

void FindAskedWords(Reading* r) {
  const Message& m = r->message;
  if (m.tokens.empty()) return;
  const bool name = r->Asked(slot_type::kName) && !HasMention(*r, slot_type::kName);
  if (!name && !r->Asked(slot_type::kText)) return;
  size_t first = 0;
  if (name) first = std::min(r->book.name_leads.Match(m, 0), m.size() - 1);
  Mention mention;
  mention.type = r->asked_type;
  mention.value = Trimmed(m.Surface(first, m.size()));
  mention.first = first;
  mention.last = m.size();
  r->mentions.push_back(std::move(mention));
}

}  // namespace frontdesk::understand
