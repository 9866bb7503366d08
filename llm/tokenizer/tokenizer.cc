#include "llm/tokenizer/tokenizer.h"

#include <algorithm>
#include <queue>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace frontdesk::llm {
namespace {

// Values of tokenizer.ggml.token_type.
constexpr int64_t kControlType = 3, kUserDefinedType = 4, kByteType = 6;
constexpr std::string_view kSpaceMark = "\xE2\x96\x81";  // ▁

// Tokens that end a turn wherever a vocabulary has them as control tokens.
constexpr std::string_view kEndNames[] = {"<|im_end|>",    "<|endoftext|>",   "<|eot_id|>",
                                          "<end_of_turn>", "<|end_of_text|>", "<|eom_id|>"};

// GPT-2 writes each byte as a printable character: printable Latin-1 stands for
// itself, the other 68 bytes for U+0100 onwards in order.
class ByteAlphabet {
 public:
  ByteAlphabet() {
    std::fill(std::begin(byte_of_), std::end(byte_of_), -1);
    int next = 256;
    for (int byte = 0; byte < 256; ++byte) {
      const bool printable =
          (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174);
      byte_of_[printable ? byte : next++] = byte;
    }
  }

  // Appends the bytes that `written` stands for; false when a character is not of the alphabet.
  bool Decode(std::string_view written, std::string& out) const {
    for (size_t i = 0; i < written.size(); ++i) {
      uint32_t c = static_cast<uint8_t>(written[i]);
      if (c >= 0xC0 && c < 0xE0 && i + 1 < written.size()) {
        c = (c & 31) << 6 | (static_cast<uint8_t>(written[++i]) & 63);
      } else if (c >= 128) {
        return false;
      }
      if (c >= std::size(byte_of_) || byte_of_[c] < 0) return false;
      out.push_back(static_cast<char>(byte_of_[c]));
    }
    return true;
  }

 private:
  int byte_of_[324];
};

// "<0x0A>" → 10; -1 otherwise.
int ByteOfName(std::string_view name) {
  if (name.size() != 6 || name.substr(0, 3) != "<0x" || name[5] != '>') return -1;
  int value = 0;
  for (char c : name.substr(3, 2)) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : (c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

uint64_t PairKey(int32_t left, int32_t right) {
  return static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32 | static_cast<uint32_t>(right);
}

size_t Utf8Length(uint8_t first) {
  return first < 0xC0 ? 1 : (first < 0xE0 ? 2 : (first < 0xF0 ? 3 : 4));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Tokenizer>> Tokenizer::FromGguf(const GgufFile& file) {
  std::unique_ptr<Tokenizer> tokenizer(new Tokenizer);
  absl::StatusOr<std::string_view> model = file.Text("tokenizer.ggml.model");
  if (!model.ok()) return model.status();
  if (*model == "gpt2") {
    std::string_view pre = "default";
    if (file.Has("tokenizer.ggml.pre")) {
      absl::StatusOr<std::string_view> named = file.Text("tokenizer.ggml.pre");
      if (!named.ok()) return named.status();
      pre = *named;
    }
    const std::optional<PreTokenizer> style = PreTokenizerFromName(pre);
    if (!style) {
      return absl::InvalidArgumentError(absl::StrCat(
          file.name(), ": the pre-tokenizer \"", absl::string_view(pre.data(), pre.size()),
          "\" is not known; gpt-2, smollm, llama-bpe and qwen2 are"));
    }
    tokenizer->pre_ = *style;
    tokenizer->whole_words_first_ = *style == PreTokenizer::kLlama3;
    tokenizer->description_ = "gpt2 / " + std::string(pre);
  } else if (*model == "llama") {
    tokenizer->sentence_piece_ = true;
    tokenizer->description_ = "sentencepiece";
  } else {
    return absl::InvalidArgumentError(absl::StrCat(file.name(), ": the tokenizer \"",
                                                   absl::string_view(model->data(), model->size()),
                                                   "\" is not known; gpt2 and llama are"));
  }
  absl::Status status = tokenizer->LoadVocabulary(file);
  if (status.ok() && !tokenizer->sentence_piece_) status = tokenizer->LoadMerges(file);
  if (status.ok()) status = tokenizer->LoadSpecials(file);
  if (!status.ok()) return status;
  return tokenizer;
}

absl::Status Tokenizer::LoadVocabulary(const GgufFile& file) {
  absl::StatusOr<std::vector<std::string_view>> names = file.Texts("tokenizer.ggml.tokens");
  if (!names.ok()) return names.status();
  std::vector<int64_t> types(names->size(), 1);
  if (file.Has("tokenizer.ggml.token_type")) {
    absl::StatusOr<std::vector<int64_t>> given = file.Integers("tokenizer.ggml.token_type");
    if (!given.ok()) return given.status();
    types = *std::move(given);
  }
  if (sentence_piece_) {
    absl::StatusOr<std::vector<float>> scores = file.Numbers("tokenizer.ggml.scores");
    if (!scores.ok()) return scores.status();
    scores_ = *std::move(scores);
  }
  if (names->empty() || types.size() != names->size() ||
      (sentence_piece_ && scores_.size() != names->size())) {
    return absl::InvalidArgumentError(absl::StrCat(
        file.name(),
        ": tokenizer.ggml.tokens, token_type and scores are empty or differ in length"));
  }
  size_t total = 0;
  for (std::string_view name : *names) total += name.size();
  if (total > UINT32_MAX) {
    return absl::InvalidArgumentError(absl::StrCat(file.name(), ": the vocabulary exceeds 4 GiB"));
  }
  bytes_.reserve(total);  // decoded pieces are never longer: the views below stay valid
  pieces_.reserve(names->size());
  const ByteAlphabet alphabet;
  for (size_t i = 0; i < names->size(); ++i) {
    const std::string_view name = (*names)[i];
    const uint32_t begin = static_cast<uint32_t>(bytes_.size());
    const bool control = types[i] == kControlType;
    const int byte = types[i] == kByteType ? ByteOfName(name) : -1;
    if (byte >= 0) {
      bytes_.push_back(static_cast<char>(byte));
    } else if (sentence_piece_ && !control) {
      for (size_t at = 0; at < name.size();) {
        const bool space = name.substr(at, kSpaceMark.size()) == kSpaceMark;
        bytes_.push_back(space ? ' ' : name[at]);
        at += space ? kSpaceMark.size() : 1;
      }
    } else if (control || types[i] == kUserDefinedType || !alphabet.Decode(name, bytes_)) {
      bytes_.resize(begin);
      bytes_.append(name);
    }
    pieces_.push_back({begin, static_cast<uint32_t>(bytes_.size()), control});
  }
  by_piece_.reserve(pieces_.size());
  std::fill(byte_tokens_.begin(), byte_tokens_.end(), -1);
  for (size_t i = 0; i < pieces_.size(); ++i) {
    const std::string_view piece = Name(static_cast<int32_t>(i));
    const bool byte_token = types[i] == kByteType;
    if (piece.size() == 1 && !pieces_[i].control && (byte_token || !sentence_piece_)) {
      byte_tokens_[static_cast<uint8_t>(piece[0])] = static_cast<int32_t>(i);
    }
    if (!pieces_[i].control && !byte_token) by_piece_.emplace(piece, static_cast<int32_t>(i));
  }
  if (std::count(byte_tokens_.begin(), byte_tokens_.end(), -1) > 0 && !sentence_piece_) {
    // Some vocabularies leave out bytes that UTF-8 never uses; those become nothing.
    if (byte_tokens_['a'] < 0 || byte_tokens_[' '] < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat(file.name(), ": the vocabulary lacks tokens for single bytes"));
    }
  }
  return absl::OkStatus();
}

absl::Status Tokenizer::LoadMerges(const GgufFile& file) {
  absl::StatusOr<std::vector<std::string_view>> rules = file.Texts("tokenizer.ggml.merges");
  if (!rules.ok()) return rules.status();
  merges_.reserve(rules->size());
  const ByteAlphabet alphabet;
  std::string joined;
  for (size_t rank = 0; rank < rules->size(); ++rank) {
    const std::string_view rule = (*rules)[rank];
    const size_t space = rule.find(' ', 1);
    joined.clear();
    size_t left_size = 0;
    bool known = space != std::string_view::npos && alphabet.Decode(rule.substr(0, space), joined);
    left_size = joined.size();
    known = known && alphabet.Decode(rule.substr(space + 1), joined);
    if (!known) {
      return absl::InvalidArgumentError(absl::StrCat(
          file.name(), ": merge ", rank, " of tokenizer.ggml.merges is not two pieces"));
    }
    const std::string_view whole = joined;
    const auto left = by_piece_.find(whole.substr(0, left_size));
    const auto right = by_piece_.find(whole.substr(left_size));
    const auto result = by_piece_.find(whole);
    if (left == by_piece_.end() || right == by_piece_.end() || result == by_piece_.end()) continue;
    merges_.emplace(PairKey(left->second, right->second),
                    Merge{static_cast<int32_t>(rank), result->second});
  }
  return absl::OkStatus();
}

absl::Status Tokenizer::LoadSpecials(const GgufFile& file) {
  std::vector<int64_t> types;
  if (file.Has("tokenizer.ggml.token_type")) types = *file.Integers("tokenizer.ggml.token_type");
  for (size_t i = 0; i < types.size(); ++i) {
    const std::string_view name = Name(static_cast<int32_t>(i));
    if (name.empty() || (types[i] != kControlType && types[i] != kUserDefinedType)) continue;
    specials_[static_cast<uint8_t>(name[0])].push_back(
        {name, static_cast<int32_t>(i), types[i] == kControlType});
  }
  for (std::vector<Special>& bucket : specials_) {
    std::stable_sort(bucket.begin(), bucket.end(), [](const Special& a, const Special& b) {
      return a.name.size() > b.name.size();
    });
  }
  const auto token = [&](std::string_view key) -> absl::StatusOr<std::optional<int32_t>> {
    if (!file.Has(key)) return std::nullopt;
    absl::StatusOr<uint64_t> id = file.Unsigned(key, 0, pieces_.size() - 1);
    if (!id.ok()) return id.status();
    return static_cast<int32_t>(*id);
  };
  bool add_begin = sentence_piece_;
  if (file.Has("tokenizer.ggml.add_bos_token")) {
    absl::StatusOr<bool> asked = file.Boolean("tokenizer.ggml.add_bos_token");
    if (!asked.ok()) return asked.status();
    add_begin = *asked;
  }
  space_prefix_ = sentence_piece_;
  if (file.Has("tokenizer.ggml.add_space_prefix")) {
    absl::StatusOr<bool> asked = file.Boolean("tokenizer.ggml.add_space_prefix");
    if (!asked.ok()) return asked.status();
    space_prefix_ = *asked;
  }
  absl::StatusOr<std::optional<int32_t>> begin = token("tokenizer.ggml.bos_token_id");
  if (!begin.ok()) return begin.status();
  if (add_begin) begin_token_ = *begin;
  for (std::string_view key : {"tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id"}) {
    absl::StatusOr<std::optional<int32_t>> end = token(key);
    if (!end.ok()) return end.status();
    if (*end) end_tokens_.push_back(**end);
  }
  for (std::string_view name : kEndNames) {
    if (const auto id = ControlToken(name); id && !EndsTurn(*id)) end_tokens_.push_back(*id);
  }
  return absl::OkStatus();
}

std::string_view Tokenizer::Name(int32_t id) const {
  if (id < 0 || id >= size()) return "";
  const Piece_& piece = pieces_[id];
  return std::string_view(bytes_).substr(piece.begin, piece.end - piece.begin);
}

std::string_view Tokenizer::Piece(int32_t id) const {
  return id < 0 || id >= size() || pieces_[id].control ? "" : Name(id);
}

std::string Tokenizer::Decode(const std::vector<int32_t>& ids) const {
  std::string text;
  for (int32_t id : ids) text += Piece(id);
  return text;
}

std::optional<int32_t> Tokenizer::ControlToken(std::string_view name) const {
  if (name.empty()) return std::nullopt;
  for (const Special& special : specials_[static_cast<uint8_t>(name[0])]) {
    if (special.name == name) return special.id;
  }
  return std::nullopt;
}

bool Tokenizer::EndsTurn(int32_t id) const {
  return std::find(end_tokens_.begin(), end_tokens_.end(), id) != end_tokens_.end();
}

std::vector<int32_t> Tokenizer::Encode(std::string_view text, MarksInText marks) const {
  std::vector<int32_t> ids;
  size_t plain_from = 0;
  for (size_t at = 0; at < text.size();) {
    const Special* found = nullptr;
    for (const Special& special : specials_[static_cast<uint8_t>(text[at])]) {
      if (special.control && marks == MarksInText::kPlainText) continue;
      if (text.substr(at, special.name.size()) == special.name) {
        found = &special;
        break;
      }
    }
    if (!found) {
      ++at;
      continue;
    }
    EncodeText(text.substr(plain_from, at - plain_from), ids);
    ids.push_back(found->id);
    at += found->name.size();
    plain_from = at;
  }
  EncodeText(text.substr(plain_from), ids);
  return ids;
}

void Tokenizer::EncodeText(std::string_view text, std::vector<int32_t>& ids) const {
  if (text.empty()) return;
  if (sentence_piece_) return EncodeSentencePiece(text, ids);
  for (std::string_view word : SplitWords(text, pre_)) EncodeBytePairs(word, ids);
}

// Applies the merge of lowest rank until none applies; among equal ranks the leftmost.
void Tokenizer::EncodeBytePairs(std::string_view word, std::vector<int32_t>& ids) const {
  if (const auto whole = by_piece_.find(word); whole != by_piece_.end()) {
    if (word.size() == 1 || whole_words_first_) {
      ids.push_back(whole->second);
      return;
    }
  }
  struct Symbol {
    int32_t id, previous, next;
  };
  struct Candidate {
    int32_t rank, left, left_id, right_id, result;
    bool operator<(const Candidate& other) const {  // for a max-heap: best last
      return std::pair(rank, left) > std::pair(other.rank, other.left);
    }
  };
  std::vector<Symbol> symbols;
  for (char c : word) {
    const int32_t id = byte_tokens_[static_cast<uint8_t>(c)];
    if (id < 0) continue;
    const int32_t index = static_cast<int32_t>(symbols.size());
    symbols.push_back({id, index - 1, index + 1});
  }
  if (symbols.empty()) return;
  symbols.back().next = -1;
  std::priority_queue<Candidate> candidates;
  const auto consider = [&](int32_t left) {
    if (left < 0 || symbols[left].next < 0) return;
    const int32_t left_id = symbols[left].id, right_id = symbols[symbols[left].next].id;
    const auto merge = merges_.find(PairKey(left_id, right_id));
    if (merge == merges_.end()) return;
    candidates.push({merge->second.rank, left, left_id, right_id, merge->second.result});
  };
  for (size_t i = 0; i + 1 < symbols.size(); ++i) consider(static_cast<int32_t>(i));
  while (!candidates.empty()) {
    const Candidate best = candidates.top();
    candidates.pop();
    Symbol& left = symbols[best.left];
    if (left.id != best.left_id || left.next < 0) continue;  // stale
    Symbol& right = symbols[left.next];
    if (right.id != best.right_id) continue;
    left.id = best.result;
    right.id = -1;
    left.next = right.next;
    if (left.next >= 0) symbols[left.next].previous = best.left;
    consider(left.previous);
    consider(best.left);
  }
  for (int32_t i = 0; i >= 0; i = symbols[i].next) ids.push_back(symbols[i].id);
}

// Joins the neighbours whose union has the highest score until none is in the
// vocabulary; what is left unknown is written byte by byte.
void Tokenizer::EncodeSentencePiece(std::string_view text, std::vector<int32_t>& ids) const {
  std::string spaced;
  if (space_prefix_) {
    spaced = " ";
    spaced += text;
    text = spaced;
  }
  struct Symbol {
    uint32_t begin, size;
    int32_t previous, next;
  };
  struct Candidate {
    float score;
    int32_t left;
    uint32_t size;  // of the union
    bool operator<(const Candidate& other) const {
      return score != other.score ? score < other.score : left > other.left;
    }
  };
  std::vector<Symbol> symbols;
  for (size_t at = 0; at < text.size();) {
    const size_t size = std::min(Utf8Length(static_cast<uint8_t>(text[at])), text.size() - at);
    const int32_t index = static_cast<int32_t>(symbols.size());
    symbols.push_back(
        {static_cast<uint32_t>(at), static_cast<uint32_t>(size), index - 1, index + 1});
    at += size;
  }
  symbols.back().next = -1;
  std::priority_queue<Candidate> candidates;
  const auto consider = [&](int32_t left) {
    if (left < 0 || symbols[left].next < 0) return;
    const uint32_t size = symbols[left].size + symbols[symbols[left].next].size;
    const auto found = by_piece_.find(text.substr(symbols[left].begin, size));
    if (found != by_piece_.end()) candidates.push({scores_[found->second], left, size});
  };
  for (size_t i = 0; i + 1 < symbols.size(); ++i) consider(static_cast<int32_t>(i));
  while (!candidates.empty()) {
    const Candidate best = candidates.top();
    candidates.pop();
    Symbol& left = symbols[best.left];
    if (left.size == 0 || left.next < 0) continue;  // stale
    Symbol& right = symbols[left.next];
    if (left.size + right.size != best.size) continue;
    left.size = best.size;
    right.size = 0;
    left.next = right.next;
    if (left.next >= 0) symbols[left.next].previous = best.left;
    consider(left.previous);
    consider(best.left);
  }
  for (int32_t i = 0; i >= 0; i = symbols[i].next) {
    const std::string_view piece = text.substr(symbols[i].begin, symbols[i].size);
    if (const auto found = by_piece_.find(piece); found != by_piece_.end()) {
      ids.push_back(found->second);
      continue;
    }
    for (char c : piece) {
      const int32_t id = byte_tokens_[static_cast<uint8_t>(c)];
      if (id >= 0) ids.push_back(id);
    }
  }
}

}  // namespace frontdesk::llm
