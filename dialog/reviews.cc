#include "dialog/reviews.h"

namespace frontdesk::dialog {
namespace {

constexpr char kAction[] = "review";

std::string TextOf(const nlohmann::json& detail, const char* member) {
  const auto found = detail.find(member);
  return found != detail.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

AgentActed ReviewEvent(const Review& review, int64_t now_ms) {
  return {.agent = review.reviewer,
          .action = kAction,
          .detail = {{"card", review.card}, {"scores", review.scores}, {"comment", review.comment}},
          .now_ms = now_ms};
}

std::optional<Review> ReviewOf(const AgentActed& acted) {
  if (acted.action != kAction || !acted.detail.is_object()) return std::nullopt;
  Review review{.reviewer = acted.agent,
                .card = TextOf(acted.detail, "card"),
                .comment = TextOf(acted.detail, "comment")};
  const auto scores = acted.detail.find("scores");
  if (scores == acted.detail.end() || !scores->is_object()) return review;
  for (const auto& [question, answer] : scores->items()) {
    if (answer.is_number_integer()) review.scores[question] = answer.get<int64_t>();
  }
  return review;
}

bool IsReview(const Event& event) {
  const auto* acted = std::get_if<AgentActed>(&event);
  return acted != nullptr && acted->action == kAction;
}

}  // namespace frontdesk::dialog
