// "not 4471, 4417": which of the values found does the customer mean.

#include <algorithm>

#include "dialog/understand/slots/mention.h"

namespace frontdesk::understand {

namespace {

constexpr size_t kNegatorReach = 3;  // words between "not" and the value it denies

// A token that may stand between a negator and the value: no mark, no other value.
bool Bridges(const Reading& r, size_t i) {
  return r.message.tokens[i].kind == MessageToken::kWord && !r.taken[i];
}

// "not 48213", "not the order 48213", "instead of 48213".
bool Denied(const Reading& r, const Mention& mention) {
  for (size_t end = mention.first, steps = 0;; --end, ++steps) {
    if (r.book.negators.FindBefore(r.message, end).tokens > 0 ||
        r.book.instead_of.FindBefore(r.message, end).tokens > 0) {
      return true;
    }
    if (end == 0 || steps == kNegatorReach || !Bridges(r, end - 1)) return false;
    // Only small words and order nouns lead from "not" to its value.
    if (r.book.light_words.Match(r.message, end - 1, end) == 0 &&
        r.book.order_nouns.Match(r.message, end - 1, end) == 0 &&
        r.book.on_day.Match(r.message, end - 1, end) == 0) {
      return false;
    }
  }
}

bool Followed(const Reading& r, const Mention& mention, const PhraseTable& table) {
  return mention.last < r.message.size() && table.Match(r.message, mention.last) > 0;
}

// "3 May to 9 May" is a stretch of days; "move it from 3 May to 9 May" a correction.
bool IsRange(const Reading& r, const Mention& earlier, const Mention& later) {
  if (earlier.type != slot_type::kDate) return false;
  const size_t link = r.book.range_words.Match(r.message, earlier.last, later.first);
  if (link == 0 || earlier.last + link != later.first) return false;
  const bool moved = r.book.change_words.In(r.message, 0, earlier.first) &&
                     r.book.range_words.FindBefore(r.message, earlier.first).tokens == 0;
  return !moved;
}

// A self-correction between two values of one kind: the earlier one is taken back.
bool Replaced(const Reading& r, const Mention& earlier, const Mention& later) {
  if (IsRange(r, earlier, later)) return false;
  return r.book.self_corrections.In(r.message, earlier.last, later.first) ||
         r.book.replaced_by.In(r.message, earlier.last, later.first) ||
         r.book.hedges.In(r.message, earlier.last, later.first);
}

bool SameKind(const Mention& a, const Mention& b) {
  return a.type == b.type && (a.requests.empty() || b.requests.empty() || a.requests == b.requests);
}

// The same amount said twice, once without its currency, is one amount.
bool SameValue(const Mention& a, const Mention& b) {
  if (a.type != slot_type::kAmount) return a.value == b.value;
  return a.value["cents"] == b.value["cents"] &&
         (a.value["currency"].is_null() || b.value["currency"].is_null() ||
          a.value["currency"] == b.value["currency"]);
}

// "fifty bucks, no, 52.50": the currency was said once for both.
void Inherit(const Mention& earlier, Mention* later) {
  if (earlier.type != slot_type::kAmount || !later->value["currency"].is_null()) return;
  later->value["currency"] = earlier.value["currency"];
}

void MergeRepeats(std::vector<Mention>* mentions) {
  for (size_t i = 0; i < mentions->size(); ++i) {
    for (size_t j = i + 1; j < mentions->size();) {
      Mention& a = (*mentions)[i];
      Mention& b = (*mentions)[j];
      if (!SameKind(a, b) || !SameValue(a, b) || a.rejected != b.rejected) {
        ++j;
        continue;
      }
      if (a.type == slot_type::kAmount && a.value["currency"].is_null()) a = b;
      mentions->erase(mentions->begin() + static_cast<int64_t>(j));
    }
  }
}

}  // namespace

void ResolveCorrections(Reading* r) {
  std::vector<Mention>& mentions = r->mentions;
  std::stable_sort(mentions.begin(), mentions.end(),
                   [](const Mention& a, const Mention& b) { return a.first < b.first; });
  for (Mention& mention : mentions) {
    if (mention.type == slot_type::kText || mention.type == slot_type::kName) continue;
    mention.rejected = Denied(*r, mention) || Followed(*r, mention, r->book.wrong_words);
  }
  // Without a denial, a later value replaces the earlier when the customer corrects himself.
  for (size_t j = 1; j < mentions.size(); ++j) {
    for (size_t i = j; i-- > 0;) {
      if (!SameKind(mentions[i], mentions[j])) continue;
      if (!mentions[i].rejected && !mentions[j].rejected &&
          Replaced(*r, mentions[i], mentions[j]) && !SameValue(mentions[i], mentions[j])) {
        mentions[i].rejected = true;
        Inherit(mentions[i], &mentions[j]);
      }
      break;
    }
  }
  MergeRepeats(&mentions);
}

}  // namespace frontdesk::understand
