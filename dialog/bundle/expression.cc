#include "dialog/bundle/expression.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace frontdesk::dialog {

using nlohmann::json;

enum class Op {
  kLiteral,
  kPath,
  kExists,
  kCount,
  kDaysSince,
  kOr,
  kAnd,
  kNot,
  kEq,
  kNe,
  kLt,
  kLe,
  kGt,
  kGe,
  kIn
};

struct ExpressionNode {
  Op op = Op::kLiteral;
  json literal;
  std::string path;
  std::shared_ptr<const ExpressionNode> left, right;
};

namespace {

using NodePtr = std::shared_ptr<const ExpressionNode>;
constexpr size_t kLongest = 1000;
constexpr int kDeepest = 32;
const json kNull = nullptr;

std::optional<absl::CivilDay> DayOf(const json& value) {
  if (!value.is_string()) return std::nullopt;
  absl::CivilDay day;
  std::string date = value.get<std::string>().substr(0, 10);
  if (!absl::ParseCivilTime(date, &day)) return std::nullopt;
  return day;
}

// Recursive descent, one function per level of precedence.
class Parser {
 public:
  explicit Parser(std::string_view source) : source_(source) {}

  absl::StatusOr<NodePtr> Parse(std::vector<std::string>& paths) {
    if (source_.size() > kLongest) return Fail("a condition of at most 1,000 bytes");
    NodePtr node = Or(0);
    Skip();
    if (error_.empty() && at_ < source_.size()) {
      Expect("the end, or one of: and or == != < <= > >= in");
    }
    if (!error_.empty()) return absl::InvalidArgumentError(error_);
    paths.assign(paths_.begin(), paths_.end());
    return node;
  }

 private:
  static NodePtr Make(Op op, NodePtr left, NodePtr right = nullptr) {
    auto node = std::make_shared<ExpressionNode>();
    node->op = op;
    node->left = std::move(left);
    node->right = std::move(right);
    return node;
  }

  absl::Status Fail(std::string_view expected) {
    Expect(expected);
    return absl::InvalidArgumentError(error_);
  }
  void Expect(std::string_view expected) {
    if (error_.empty()) {
      error_ = absl::StrCat("column ", at_ + 1, ": expected ", std::string(expected));
    }
  }
  void Skip() {
    while (at_ < source_.size() && std::isspace(static_cast<unsigned char>(source_[at_]))) ++at_;
  }
  bool Take(std::string_view sign) {
    Skip();
    if (source_.substr(at_, sign.size()) != sign) return false;
    at_ += sign.size();
    return true;
  }
  static bool IsWordByte(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
  }
  bool TakeWord(std::string_view word) {
    Skip();
    if (source_.substr(at_, word.size()) != word) return false;
    size_t end = at_ + word.size();
    if (end < source_.size() && (IsWordByte(source_[end]) || source_[end] == '.')) return false;
    at_ = end;
    return true;
  }

  NodePtr Or(int depth) {
    NodePtr node = And(depth);
    while (error_.empty() && TakeWord("or")) node = Make(Op::kOr, node, And(depth));
    return node;
  }
  NodePtr And(int depth) {
    NodePtr node = Not(depth);
    while (error_.empty() && TakeWord("and")) node = Make(Op::kAnd, node, Not(depth));
    return node;
  }
  NodePtr Not(int depth) {
    if (depth > kDeepest) {
      Expect("at most 32 levels of nesting");
      return nullptr;
    }
    if (TakeWord("not")) return Make(Op::kNot, Not(depth + 1));
    return Comparison(depth);
  }

  NodePtr Comparison(int depth) {
    NodePtr left = Operand(depth);
    static constexpr std::pair<std::string_view, Op> kSigns[] = {{"==", Op::kEq}, {"!=", Op::kNe},
                                                                 {"<=", Op::kLe}, {">=", Op::kGe},
                                                                 {"<", Op::kLt},  {">", Op::kGt}};
    for (const auto& [sign, op] : kSigns) {
      if (error_.empty() && Take(sign)) {
        NodePtr right = Operand(depth);
        CheckTypes(left, right);
        return Make(op, left, right);
      }
    }
    if (error_.empty() && TakeWord("in")) {
      NodePtr right = Operand(depth);
      if (error_.empty() && right->op == Op::kLiteral && !right->literal.is_array()) {
        Expect("a list after \"in\", like [\"a\", \"b\"]");
      }
      return Make(Op::kIn, left, right);
    }
    return left;
  }

  // Two literals, or a number-valued function and a text, can never agree.
  void CheckTypes(const NodePtr& left, const NodePtr& right) {
    if (!error_.empty()) return;
    auto kind = [](const NodePtr& n) -> std::optional<json::value_t> {
      if (n->op == Op::kCount || n->op == Op::kDaysSince) return json::value_t::number_integer;
      if (n->op == Op::kExists) return json::value_t::boolean;
      if (n->op == Op::kLiteral && !n->literal.is_null()) return n->literal.type();
      return std::nullopt;
    };
    auto a = kind(left), b = kind(right);
    if (a && b && *a != *b) Expect("values of the same type on both sides of the comparison");
  }

  NodePtr Operand(int depth) {
    Skip();
    if (!error_.empty()) return nullptr;
    if (at_ >= source_.size()) {
      Expect("a value");
      return nullptr;
    }
    char c = source_[at_];
    if (c == '(') {
      ++at_;
      if (depth >= kDeepest) {
        Expect("at most 32 levels of nesting");
        return nullptr;
      }
      NodePtr inner = Or(depth + 1);
      if (error_.empty() && !Take(")")) Expect("\")\"");
      return inner;
    }
    if (c == '"' || c == '\'' || c == '[' || c == '-' ||
        std::isdigit(static_cast<unsigned char>(c))) {
      auto node = std::make_shared<ExpressionNode>();
      node->literal = Literal(depth);
      return node;
    }
    return Name();
  }

  json Literal(int depth) {
    Skip();
    if (at_ >= source_.size() || depth > kDeepest) {
      Expect("a value");
      return nullptr;
    }
    char c = source_[at_];
    if (c == '"' || c == '\'') return Text(c);
    if (c == '[') {
      ++at_;
      json list = json::array();
      if (Take("]")) return list;
      do {
        list.push_back(Literal(depth + 1));
      } while (error_.empty() && Take(","));
      if (error_.empty() && !Take("]")) Expect("\",\" or \"]\"");
      return list;
    }
    if (TakeWord("true")) return true;
    if (TakeWord("false")) return false;
    if (TakeWord("null")) return nullptr;
    return Number();
  }

  json Text(char quote) {
    size_t end = source_.find(quote, at_ + 1);
    if (end == std::string_view::npos) {
      Expect(absl::StrCat("a closing ", std::string(1, quote)));
      return nullptr;
    }
    json text = std::string(source_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return text;
  }

  // Integers, and amounts with two decimals, which are cents.
  json Number() {
    size_t begin = at_;
    if (source_[at_] == '-') ++at_;
    while (at_ < source_.size() && std::isdigit(static_cast<unsigned char>(source_[at_]))) ++at_;
    std::string digits(source_.substr(begin, at_ - begin));
    if (at_ < source_.size() && source_[at_] == '.') {
      size_t decimals = at_ + 1, end = decimals;
      while (end < source_.size() && std::isdigit(static_cast<unsigned char>(source_[end]))) ++end;
      if (end - decimals != 2) {
        Expect("an amount with two decimals, like 49.90, or an integer");
        return nullptr;
      }
      digits += source_.substr(decimals, 2);
      at_ = end;
    }
    int64_t value = 0;
    if (!absl::SimpleAtoi(digits, &value)) {
      at_ = begin;
      Expect("a number");
      return nullptr;
    }
    return value;
  }

  std::string PathText() {
    Skip();
    size_t begin = at_;
    while (at_ < source_.size() && (IsWordByte(source_[at_]) || source_[at_] == '.')) ++at_;
    return std::string(source_.substr(begin, at_ - begin));
  }

  NodePtr Name() {
    static constexpr std::pair<std::string_view, Op> kFunctions[] = {
        {"exists", Op::kExists}, {"count", Op::kCount}, {"days_since", Op::kDaysSince}};
    auto node = std::make_shared<ExpressionNode>();
    if (TakeWord("true")) {
      node->literal = true;
      return node;
    }
    if (TakeWord("false")) {
      node->literal = false;
      return node;
    }
    if (TakeWord("null")) return node;
    size_t begin = at_;
    std::string name = PathText();
    if (name.empty() || name.front() == '.' || name.back() == '.' ||
        name.find("..") != std::string::npos) {
      at_ = begin;
      Expect("a value: a path, a number, \"text\", true, false or null");
      return nullptr;
    }
    node->op = Op::kPath;
    node->path = name;
    if (Take("(")) {
      auto found = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                [&](const auto& f) { return f.first == name; });
      if (found == std::end(kFunctions)) {
        at_ = begin;
        Expect("one of the functions exists, count, days_since");
        return nullptr;
      }
      node->op = found->second;
      node->path = PathText();
      if (node->path.empty()) Expect("a path");
      if (error_.empty() && !Take(")")) Expect("\")\"");
    }
    paths_.insert(node->path);
    return node;
  }

  std::string_view source_;
  size_t at_ = 0;
  std::string error_;
  std::set<std::string> paths_;
};

int64_t CountOf(const json& value) {
  if (value.is_null()) return 0;
  if (value.is_structured()) return static_cast<int64_t>(value.size());
  return 1;
}

json ValueOf(const ExpressionNode& node, const json& scope);

bool Compare(Op op, const json& left, const json& right) {
  if (op == Op::kEq) return left == right;
  if (op == Op::kNe) return left != right;
  bool numbers = left.is_number_integer() && right.is_number_integer();
  bool texts = left.is_string() && right.is_string();
  if (!numbers && !texts) return false;
  switch (op) {
    case Op::kLt:
      return left < right;
    case Op::kLe:
      return left <= right;
    case Op::kGt:
      return left > right;
    default:
      return left >= right;
  }
}

bool Truth(const ExpressionNode& node, const json& scope) {
  switch (node.op) {
    case Op::kOr:
      return Truth(*node.left, scope) || Truth(*node.right, scope);
    case Op::kAnd:
      return Truth(*node.left, scope) && Truth(*node.right, scope);
    case Op::kNot:
      return !Truth(*node.left, scope);
    case Op::kExists:
      return !AtPath(scope, node.path).is_null();
    case Op::kIn: {
      json value = ValueOf(*node.left, scope), list = ValueOf(*node.right, scope);
      return list.is_array() && std::find(list.begin(), list.end(), value) != list.end();
    }
    case Op::kLiteral:
    case Op::kPath:
    case Op::kCount:
    case Op::kDaysSince: {
      json value = ValueOf(node, scope);
      if (value.is_boolean()) return value.get<bool>();
      if (value.is_number_integer()) return value != 0;
      if (value.is_string()) return !value.get_ref<const std::string&>().empty();
      return value.is_structured() && !value.empty();
    }
    default:
      return Compare(node.op, ValueOf(*node.left, scope), ValueOf(*node.right, scope));
  }
}

json ValueOf(const ExpressionNode& node, const json& scope) {
  switch (node.op) {
    case Op::kLiteral:
      return node.literal;
    case Op::kPath:
      return AtPath(scope, node.path);
    case Op::kCount:
      return CountOf(AtPath(scope, node.path));
    case Op::kDaysSince: {
      auto then = DayOf(AtPath(scope, node.path)), today = DayOf(AtPath(scope, "today"));
      if (!then || !today) return nullptr;
      return static_cast<int64_t>(*today - *then);
    }
    default:
      return Truth(node, scope);
  }
}

}  // namespace

absl::StatusOr<Expression> ParseExpression(std::string_view source) {
  Expression expression;
  expression.source = std::string(source);
  absl::StatusOr<NodePtr> root = Parser(source).Parse(expression.paths);
  if (!root.ok()) return root.status();
  expression.root = *std::move(root);
  return expression;
}

bool Holds(const Expression& expression, const json& scope) {
  return expression.root != nullptr && Truth(*expression.root, scope);
}

const json& AtPath(const json& scope, std::string_view path) {
  const json* at = &scope;
  while (!path.empty()) {
    size_t dot = path.find('.');
    std::string member(path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    if (at->is_object()) {
      auto found = at->find(member);
      if (found == at->end()) return kNull;
      at = &*found;
    } else if (at->is_array()) {
      size_t index = 0;
      if (!absl::SimpleAtoi(member, &index) || index >= at->size()) return kNull;
      at = &(*at)[index];
    } else {
      return kNull;
    }
  }
  return *at;
}

}  // namespace frontdesk::dialog
