// How well redaction finds what people labelled: `frontdesk eval pii`.
//
// A predicted span is right when its type is the gold span's and their overlap is at
// least half of their union. A gold span leaks when any of its characters lies in no
// predicted span of any type. Types that a line does not list as annotated do not count
// against us there.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tools/pii/redact.h"

namespace frontdesk::tools {

struct PiiScore {
  std::int64_t gold = 0, predicted = 0, right = 0, leaked = 0;

  double precision() const;  // 1 when nothing was predicted
  double recall() const;     // 1 when there was nothing to find
  double f1() const;
  double leak() const;
};

struct PiiReport {
  std::map<std::string, PiiScore> types;  // EMAIL, PHONE, …, PERSON, ADDRESS
  PiiScore structured;                    // EMAIL PHONE CREDIT_CARD IBAN SSN IP URL
  PiiScore all;
  std::int64_t texts = 0, characters = 0;
  double chars_per_second = 0;
  // One JSON line per text: spans predicted, spans missed.
  std::string predictions;
};

// Street number, unit and postcode as spans of their own, as the data sets label them.
inline RedactOptions LabelledStyle() {
  RedactOptions options;
  options.whole_addresses = false;
  return options;
}

// jsonl: lines {"text","spans":[{"start","end","type"}],"annotated"}, offsets in code
// points (data/README.md). Errors: INVALID_ARGUMENT (a line is not of that form; names it).
absl::StatusOr<PiiReport> RunPiiEval(std::string_view jsonl,
                                     const RedactOptions& options = LabelledStyle());

// The report as one line of JSON with the keys of data/README.md.
std::string PiiReportJson(const PiiReport& report);

// The same as a table for people.
std::string PiiReportTable(const PiiReport& report);

// F1 and leak of each type that both know, ours beside a peer's. peer: what
// bench/peers/pii/run_presidio.py prints with --json; its last line counts.
// Errors: INVALID_ARGUMENT (no such line).
absl::StatusOr<std::string> PiiPeerTable(const PiiReport& report, std::string_view peer);

}  // namespace frontdesk::tools
