#include "server/services/past_replies.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "dialog/events.h"

namespace frontdesk::server {
namespace {

constexpr size_t kMostPairs = 2000;
constexpr int kConversationsAtStart = 500;
constexpr int kMostEvents = 2000;
constexpr size_t kShortestReply = 20, kLongestReply = 800;
constexpr double kLikeByMeaning = 0.6, kLikeByWords = 0.5;

double Cosine(const std::vector<float>& a, const std::vector<float>& b) {
  double dot = 0;  // embeddings have length 1
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) dot += double{a[i]} * b[i];
  return dot;
}

std::set<std::string> Words(const std::string& text) {
  std::set<std::string> words;
  for (absl::string_view word : absl::StrSplit(text, absl::ByAnyChar(" ,.;:!?\n\t"), absl::SkipEmpty()))
    words.insert(absl::AsciiStrToLower(word));
  return words;
}

double SharedWords(const std::string& a, const std::string& b) {
  const std::set<std::string> first = Words(a), second = Words(b);
  if (first.empty() || second.empty()) return 0;
  const auto shared = std::count_if(first.begin(), first.end(),
                                    [&](const std::string& word) { return second.count(word) > 0; });
  return static_cast<double>(shared) /
         static_cast<double>(first.size() + second.size() - static_cast<size_t>(shared));
}

}  // namespace

std::vector<float> PastReplies::Embed(const std::string& text) const {
  if (!embed_) return {};
  const std::vector<std::string> texts = {text};
  auto embedded = embed_(texts);
  return embedded.ok() && embedded->size() == 1 ? std::move((*embedded)[0]) : std::vector<float>();
}

void PastReplies::Learn(const storage::ConversationId& id) {
  const auto stored = store_.Read(id, 0, kMostEvents);
  if (!stored.ok()) return;
  std::string question;
  std::vector<Pair> found;
  bool solved = false;
  for (const storage::StoredEvent& one : *stored) {
    if (one.erased) return;
    const auto event = dialog::DecodeEvent(one.kind, one.body);
    if (!event.ok()) continue;
    if (const auto* received = std::get_if<dialog::Received>(&*event)) question = received->text;
    if (const auto* resolved = std::get_if<dialog::Resolved>(&*event))
      solved = resolved->resolution == "solved";
    const auto* replied = std::get_if<dialog::AgentReplied>(&*event);
    if (replied == nullptr || question.empty() || !replied->tokens.empty()) continue;
    if (replied->text.size() < kShortestReply || replied->text.size() > kLongestReply) continue;
    found.push_back({id, question, replied->text, {}});
    question.clear();  // the next reply answers the next question
  }
  if (!solved) return;
  {
    std::lock_guard lock(mutex_);
    for (const Pair& pair : pairs_) {
      if (pair.conversation == id) return;  // learnt before
    }
  }
  for (Pair& pair : found) pair.embedding = Embed(pair.question);
  std::lock_guard lock(mutex_);
  for (Pair& pair : found) pairs_.push_back(std::move(pair));
  if (pairs_.size() > kMostPairs)
    pairs_.erase(pairs_.begin(), pairs_.end() - static_cast<long>(kMostPairs));
}

void PastReplies::LearnFromStore() {
  storage::ConversationFilter filter;
  filter.state_tag = "ended";
  filter.newest_first = true;
  filter.limit = kConversationsAtStart;
  auto ended = store_.ListConversations(filter);
  if (!ended.ok()) return;
  std::reverse(ended->begin(), ended->end());
  for (const storage::Conversation& row : *ended) Learn(row.id);
}

std::vector<PastReplies::Found> PastReplies::Find(const std::string& question, size_t k) {
  std::call_once(filled_, [this] { LearnFromStore(); });
  const std::vector<float> asked = Embed(question);
  std::vector<std::pair<double, Pair>> like;
  {
    std::lock_guard lock(mutex_);
    for (const Pair& pair : pairs_) {
      const bool meaning = !asked.empty() && !pair.embedding.empty();
      const double likeness =
          meaning ? Cosine(asked, pair.embedding) : SharedWords(question, pair.question);
      if (likeness >= (meaning ? kLikeByMeaning : kLikeByWords)) like.emplace_back(likeness, pair);
    }
  }
  std::stable_sort(like.begin(), like.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<Found> found;
  std::set<std::string> texts;
  for (const auto& [likeness, pair] : like) {
    if (found.size() >= k) break;
    const auto row = store_.GetConversation(pair.conversation);
    if (!row.ok() || row->erased || !texts.insert(pair.reply).second) continue;
    found.push_back({pair.reply, likeness});
  }
  return found;
}

}  // namespace frontdesk::server
