// What kind of value a question asks for, and which kinds a sentence holds.
//
// "how long is the guarantee" wants a duration; "The guarantee lasts 5 years." has one. Words and
// shapes only, English and German; pure, thread-safe.
//
//   (AskedValues("how much is a patch?") & ValuesIn("A patch costs €12.")) != 0
#pragma once

#include <cstdint>
#include <string_view>

namespace frontdesk::dialog {

// Kinds as bits; a question may ask for any of several ("when": a time, a date, a duration).
enum ValueKind : uint32_t {
  kNoValue = 0,
  kDuration = 1u << 0,   // 30 days, at once
  kMoney = 1u << 1,      // €12, 5.95 euro, free of charge
  kClock = 1u << 2,      // 14:00, Sunday
  kDate = 1u << 3,       // 31 January, Christmas
  kMeasure = 1u << 4,    // 2.1 kg, 250 lumens
  kCount = 1u << 5,      // any number
  kPlace = 1u << 6,      // 14 Lantern Quay, in the store
  kContact = 1u << 7,    // an email address, a phone number
  kPermission = 1u << 8, // yes, no, can, not possible
  kManner = 1u << 9,     // open, choose, write to
  kShare = 1u << 10,     // 10 %
};

// Bits of ValueKind; kNoValue when the question asks for none of them.
uint32_t AskedValues(std::string_view question);
uint32_t ValuesIn(std::string_view sentence);

// "right?", "isn't it", "since you …": the question takes something for granted.
bool TakesForGranted(std::string_view question);

}  // namespace frontdesk::dialog
