// How many tokens a sequence's next draft may have: short at first, long while drafts come
// true, none for a while after drafts that missed whole. Decides time, never output.
//
// A step of one row waits for memory, so seven more rows (a tile of eight) cost little; a
// tile of twelve costs some arithmetic and is for drafts that have just been right, a tile of sixteen for text
// that is forced. Plain value, one thread.
//
//   DraftLength length(DraftLength::kShort, DraftLength::kLong);
//   int most = length.Next();          // once a step
//   length.Took(drafted, accepted);    // when a draft was tried

#pragma once

#include <algorithm>

namespace frontdesk::llm {

class DraftLength {
 public:
  static constexpr int kShort = 7;
  static constexpr int kLong = 11;
  static constexpr int kForced = 15;
  static constexpr int kLongestPause = 16;  // steps

  DraftLength(int shortest, int longest)
      : shortest_(shortest), longest_(longest), length_(shortest) {}

  // Tokens to propose now; 0 during a pause, of which this ends one step.
  int Next() {
    if (pause_ == 0) return length_;
    --pause_;
    return 0;
  }

  // drafted: 1.. tokens were tried, the first `accepted` of them were right.
  void Took(int drafted, int accepted) {
    length_ = accepted == drafted && drafted >= shortest_ ? longest_ : shortest_;
    missed_ = accepted == 0 ? std::min(missed_ + 1, 4) : 0;
    if (missed_ > 1) pause_ = std::min(kLongestPause, 1 << missed_);
  }

 private:
  int shortest_, longest_;
  int length_;
  int missed_ = 0;  // whole drafts in a row
  int pause_ = 0;
};

}  // namespace frontdesk::llm
