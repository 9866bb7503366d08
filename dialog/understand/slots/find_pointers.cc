#include <algorithm>
#include <string>

#include "dialog/understand/slots/mention.h"
#include "dialog/understand/slots/numbers.h"

namespace frontdesk::understand {

namespace {

std::string AsText(const nlohmann::json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

class Pointers {
 public:
  explicit Pointers(Reading* reading)
      : r_(*reading), m_(reading->message), book_(reading->book),
        offered_(reading->input.offered) {
    type_ = r_.asked_type.empty() ? std::string(slot_type::kOrderNumber) : r_.asked_type;
  }

  void Run() {
    for (size_t i = 0; i < m_.size(); ++i) {
      if (r_.taken[i]) continue;
      const size_t tokens = offered_.empty() ? SameOrder(i) : Offered(i);
      if (tokens > 0) i += tokens - 1;
    }
  }

 private:
  bool Point(size_t index, size_t first, size_t tokens) {
    if (index >= offered_.size() || !r_.Free(first, first + tokens)) return false;
    r_.Add(type_, offered_[index].value, first, first + tokens);
    return true;
  }

  size_t PointAll(size_t first, size_t tokens) {
    if (!r_.Free(first, first + tokens)) return 0;
    for (const OfferedItem& item : offered_) r_.Add(type_, item.value, first, first + tokens);
    return tokens;
  }

  size_t Offered(size_t i) {
    if (const size_t n = book_.all_of_them.Match(m_, i); n > 0) return PointAll(i, n);
    if (const size_t n = book_.both_of_them.Match(m_, i); n > 0 && offered_.size() == 2) {
      return PointAll(i, n);
    }
    if (const size_t n = book_.latter.Match(m_, i); n > 0 && Point(offered_.size() - 1, i, n)) {
      return n;
    }
    if (const size_t n = book_.former.Match(m_, i); n > 0 && Point(0, i, n)) return n;
    if (const size_t n = book_.other_one.Match(m_, i); n > 0) return Other(i, n);
    if (const size_t n = book_.ending_in.Match(m_, i); n > 0) return Ending(i, n);
    if (const size_t n = Ordinal(i); n > 0) return n;
    return SameOrder(i);
  }

  // "the first one", "second", "3rd", "number 2", "1".
  size_t Ordinal(size_t i) {
    int64_t value = 0;
    size_t tokens = 0;
    if (const auto ordinal = book_.ordinals.Find(m_, i); ordinal.tokens > 0) {
      value = ordinal.value;
      tokens = ordinal.tokens;
    } else if (m_.IsNumber(i) && m_.key(i).size() <= 2) {
      value = ReadCardinal(m_, i, book_)->value;
      tokens = 1;
      static const char* const kSuffixes[] = {"st", "nd", "rd", "th"};
      const bool suffix = i + 1 < m_.size() && m_.tokens[i + 1].joined &&
                          std::any_of(std::begin(kSuffixes), std::end(kSuffixes),
                                      [&](const char* s) { return m_.key(i + 1) == s; });
      const bool announced = i > 0 && (book_.one_nouns.FindBefore(m_, i).tokens > 0 ||
                                       m_.IsMark(i - 1, '#'));
      if (suffix) ++tokens;
      if (!suffix && !announced && m_.size() > 3) return 0;
      if (FollowsSlotName(r_, i)) return 0;  // "question 2" is no second choice
    } else {
      return 0;
    }
    tokens += book_.one_nouns.Match(m_, i + tokens);
    const int64_t count = static_cast<int64_t>(offered_.size());
    if (value == 1000) value = (count + 1) / 2;
    if (value < 0) value = count + 1 + value;
    if (value < 1 || value > count) return 0;
    return Point(static_cast<size_t>(value - 1), i, tokens) ? tokens : 0;
  }

  // "the other one": the only one offered that the slot does not hold already.
  size_t Other(size_t i, size_t tokens) {
    size_t found = offered_.size();
    for (size_t o = 0; o < offered_.size(); ++o) {
      const bool held = std::any_of(
          r_.input.filled.begin(), r_.input.filled.end(),
          [&](const FilledSlot& slot) { return slot.value == offered_[o].value; });
      if (held) continue;
      if (found != offered_.size()) return 0;
      found = o;
    }
    return Point(found, i, tokens) ? tokens : 0;
  }

  // "the one ending in 977".
  size_t Ending(size_t i, size_t tokens) {
    const DigitRun run = ReadDigitRun(m_, i + tokens, book_);
    if (run.digits.empty()) return 0;
    size_t found = offered_.size();
    for (size_t o = 0; o < offered_.size(); ++o) {
      if (!AsText(offered_[o].value).ends_with(run.digits)) continue;
      if (found != offered_.size()) return 0;  // fits two
      found = o;
    }
    return Point(found, i, tokens + run.tokens) ? tokens + run.tokens : 0;
  }

  // "that order", "the same one".
  size_t SameOrder(size_t i) {
    const bool order_wanted = r_.asked_type.empty() || r_.Asked(slot_type::kOrderNumber);
    if (r_.input.last_order.is_null() || !order_wanted) return 0;
    const size_t n = book_.same_order.Match(m_, i);
    if (n == 0 || !r_.Free(i, i + n)) return 0;
    const bool number_said =
        std::any_of(r_.mentions.begin(), r_.mentions.end(), [](const Mention& mention) {
          return mention.type == slot_type::kOrderNumber;
        });
    if (number_said) return 0;
    r_.Add(slot_type::kOrderNumber, r_.input.last_order, i, i + n);
    return n;
  }

  Reading& r_;
  const Message& m_;
  const Phrasebook& book_;
  const std::vector<OfferedItem>& offered_;
  std::string type_;
};

}  // namespace

void FindPointers(Reading* reading) { Pointers(reading).Run(); }

}  // namespace frontdesk::understand
