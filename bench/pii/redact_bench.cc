// How fast is redaction, on messages and on long text?
//
// Data: messages of about 150 characters made here from sentences with and without personal
// data, seed 7. Rival: Presidio's pattern recognisers (bench/peers/pii). Prints JSON:
// p50 and p99 of one message in microseconds and megabytes a second, by the clock and, for
// machines with other work, by processor time; for the structured types alone and for all.
// Warm-up dropped.
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "tools/pii/redact.h"

namespace frontdesk::tools {
namespace {

constexpr const char* kSentences[] = {
    "Hello, I am still waiting for order 48213 and nobody answers.",
    "My name is Aoife Brennan and I live at 12 Mill Lane, Galway.",
    "You can reach me at aoife@brennan.example or on +353 87 123 4567.",
    "The zip of the tent broke on the second night in the rain.",
    "Please send the money to IE29 AIBK 9311 5212 3456 78.",
    "I paid 249.00 with my card on 14 November, invoice INV-2024-00412.",
    "Could you tell me whether the jacket is waterproof at all?",
    "The tracking number 794644790132 has not moved for five days.",
};

std::vector<std::string> Messages(int count) {
  std::uint64_t state = 7;
  const auto below = [&state](std::uint64_t n) {
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return (state >> 33) % n;
  };
  std::vector<std::string> messages;
  for (int i = 0; i < count; ++i) {
    std::string text;
    while (text.size() < 110) {
      if (!text.empty()) text += ' ';
      text += kSentences[below(std::size(kSentences))];
    }
    messages.push_back(std::move(text));
  }
  return messages;
}

double ProcessorMicroseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

void Measure(const char* name, bool names_and_addresses) {
  const Redactor redactor;
  RedactOptions options;
  options.names_and_addresses = names_and_addresses;
  const std::vector<std::string> messages = Messages(4000);
  std::size_t spans = 0, bytes = 0;
  std::vector<double> took;
  double processor = 0;
  for (int round = 0; round < 3; ++round) {
    took.clear();
    bytes = 0;
    const double begin_processor = ProcessorMicroseconds();
    for (const std::string& message : messages) {
      const absl::Time begin = absl::Now();
      spans += redactor.Find(message, options).size();
      took.push_back(absl::ToDoubleMicroseconds(absl::Now() - begin));
      bytes += message.size();
    }
    processor = ProcessorMicroseconds() - begin_processor;
  }
  double sum = 0;
  for (const double t : took) sum += t;
  std::sort(took.begin(), took.end());
  std::printf(
      "{\"bench\":\"redact\",\"types\":\"%s\",\"bytes_a_message\":%zu,\"p50_us\":%.1f,\"p99_us\":%.1f,"
      "\"mb_per_s\":%.1f,\"processor_us\":%.1f,\"mb_per_processor_s\":%.1f,\"spans\":%zu}\n",
      name, bytes / messages.size(), took[took.size() / 2], took[took.size() * 99 / 100],
      static_cast<double>(bytes) / sum, processor / static_cast<double>(messages.size()),
      static_cast<double>(bytes) / processor, spans / 3);
}

}  // namespace
}  // namespace frontdesk::tools

int main() {
  frontdesk::tools::Measure("structured", false);
  frontdesk::tools::Measure("all", true);
  return 0;
}
