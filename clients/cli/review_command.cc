#include "clients/cli/review_command.h"

#include <map>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/event_printer.h"
#include "clients/cpp/console_client.h"
#include "clients/cpp/quality_client.h"

namespace frontdesk::cli {
namespace {

// Asks the questions of a card and sends what was answered.
class Reviewer {
 public:
  Reviewer(client::QualityClient& quality, client::ConsoleClient& console, bool color, std::istream& in,
           std::ostream& out)
      : quality_(quality), console_(console), color_(color), in_(in), out_(out) {}

  // False: the reviewer wants to stop. Errors: the server's.
  absl::StatusOr<bool> Score(const v1::GetScoreCardResponse& card, const v1::SampledConversation& sampled) {
    const auto transcript = console_.Transcript(sampled.conversation());
    if (!transcript.ok()) return transcript.status();
    EventPrinter printer(out_, color_);
    for (const v1::ConversationEvent& event : transcript->events()) printer.Print(event, /*customer_too=*/true);
    std::map<std::string, int32_t> scores;
    for (const v1::ScoreQuestion& question : card.questions()) {
      const std::optional<int> answer = Ask(question);
      if (!answer) return false;
      if (*answer >= 0) scores[question.name()] = *answer;
    }
    out_ << "  comment (Enter: none): " << std::flush;
    std::string comment;
    std::getline(in_, comment);
    if (scores.empty()) {
      out_ << "  nothing was answered; left for later\n";
      return true;
    }
    if (absl::Status sent = quality_.Submit(sampled.conversation(), scores, comment); !sent.ok()) return sent;
    out_ << "  scored\n";
    return true;
  }

 private:
  // The number of the answer, -1 when the question does not apply, nullopt to stop.
  std::optional<int> Ask(const v1::ScoreQuestion& question) {
    for (;;) {
      out_ << "  " << Printable(question.ask()) << "\n   ";
      for (int i = 0; i < question.answers_size(); ++i) out_ << " " << i << " " << Printable(question.answers(i));
      out_ << "  (Enter: does not apply, quit: stop) > " << std::flush;
      std::string line;
      if (!std::getline(in_, line) || line == "quit") return std::nullopt;
      if (line.empty()) return -1;
      int answer = 0;
      if (absl::SimpleAtoi(line, &answer) && answer >= 0 && answer < question.answers_size()) return answer;
      out_ << "  one of the numbers 0 to " << question.answers_size() - 1 << ", please\n";
    }
  }

  client::QualityClient& quality_;
  client::ConsoleClient& console_;
  const bool color_;
  std::istream& in_;
  std::ostream& out_;
};

absl::Status Review(const ReviewOptions& options, std::istream& in, std::ostream& out) {
  const auto quality = client::QualityClient::Connect(options.server, options.token);
  if (!quality.ok()) return quality.status();
  const auto console = client::ConsoleClient::Connect(options.server, options.token);
  if (!console.ok()) return console.status();
  const auto card = (*quality)->ScoreCard();
  if (!card.ok()) return card.status();
  const auto sample = (*quality)->Sample(/*unscored_only=*/true);
  if (!sample.ok()) return sample.status();
  if (sample->empty()) out << "  you have scored every conversation of the sample\n";
  Reviewer reviewer(**quality, **console, options.color, in, out);
  size_t number = 0;
  for (const v1::SampledConversation& sampled : *sample) {
    out << "\n" << ++number << " of " << sample->size() << "  " << sampled.conversation() << "  chosen by "
        << absl::StrJoin(sampled.chosen_by(), ", ") << "\n";
    const auto more = reviewer.Score(*card, sampled);
    if (!more.ok()) return more.status();
    if (!*more) break;
  }
  return absl::OkStatus();
}

}  // namespace

int RunReview(const ReviewOptions& options, std::istream& in, std::ostream& out) {
  const absl::Status done = Review(options, in, out);
  if (done.ok()) return 0;
  out << "review: " << done.message() << "\n";
  return 1;
}

}  // namespace frontdesk::cli
