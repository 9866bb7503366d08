#include "dialog/bundle/read_text.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace frontdesk::dialog {
namespace {

std::string Quoted(std::string_view what) { return std::string(what); }

Wordings ReadWordings(const YAML::Node& node, std::string_view what, const ReadContext& context) {
  Wordings wordings;
  std::vector<YAML::Node> texts;
  if (node.IsScalar()) texts.push_back(node);
  if (node.IsSequence()) {
    for (const YAML::Node& element : node) texts.push_back(element);
  }
  if (texts.empty()) {
    context.sink.Add(node, Quoted(what) + " has no wording", "write a text or a list of texts");
  }
  for (const YAML::Node& text : texts) {
    if (auto parsed = ReadTemplate(text, what, context)) wordings.push_back(*std::move(parsed));
  }
  return wordings;
}

// Whether the bundle has the language of a map's entry; a fault when not.
bool IsLanguage(const YAML::Node& entry, std::string_view what, const ReadContext& context) {
  const std::string language = entry.Scalar();
  if (std::find(context.languages.begin(), context.languages.end(), language) !=
      context.languages.end()) {
    return true;
  }
  context.sink.Add(entry,
                   absl::StrCat(Quoted(what), " has a text in '", language,
                                "', which is not a language of the bundle"),
                   tools::Suggest(language, context.languages));
  return false;
}

void MissesFirstLanguage(const YAML::Node& node, std::string_view what, const ReadContext& context) {
  context.sink.Add(node, absl::StrCat(Quoted(what), " has no text in '", context.languages.front(), "'"),
                   "add one: it is the bundle's first language");
}

}  // namespace

Label ReadLabel(const YAML::Node& node, std::string otherwise, std::string_view what,
                const ReadContext& context) {
  Label label{std::move(otherwise), {}};
  if (!node.IsDefined()) return label;
  const auto text = [&](const YAML::Node& of) {
    const bool fine = of.IsScalar() && !of.Scalar().empty();
    if (!fine) {
      context.sink.Add(of, absl::StrCat("the label of ", Quoted(what), " is not a text"),
                       "write a few words, or a map from language to them");
    }
    return fine ? of.Scalar() : label.text;
  };
  if (!node.IsMap()) {
    label.text = text(node);
    return label;
  }
  bool first = false;
  for (const auto& entry : node) {
    if (!IsLanguage(entry.first, absl::StrCat("the label of ", Quoted(what)), context)) continue;
    const bool is_first = entry.first.Scalar() == context.languages.front();
    (is_first ? label.text : label.translated[entry.first.Scalar()]) = text(entry.second);
    first |= is_first;
  }
  if (!first) MissesFirstLanguage(node, absl::StrCat("the label of ", Quoted(what)), context);
  return label;
}

Texts ReadTexts(const YAML::Node& node, std::string_view what, const ReadContext& context) {
  Texts texts;
  const std::string& first = context.languages.front();
  if (!node.IsMap()) {
    Wordings wordings = ReadWordings(node, what, context);
    if (!wordings.empty()) texts[first] = std::move(wordings);
    return texts;
  }
  for (const auto& entry : node) {
    if (!IsLanguage(entry.first, what, context)) continue;
    Wordings wordings = ReadWordings(entry.second, what, context);
    if (!wordings.empty()) texts[entry.first.Scalar()] = std::move(wordings);
  }
  if (!texts.contains(first)) MissesFirstLanguage(node, what, context);
  return texts;
}

std::optional<Template> ReadTemplate(const YAML::Node& node, std::string_view what,
                                     const ReadContext& context) {
  if (!node.IsDefined() || !node.IsScalar() || node.Scalar().empty()) {
    context.sink.Add(node, Quoted(what) + " is not a text",
                     "write a text, in quotes if it holds : or #");
    return std::nullopt;
  }
  absl::StatusOr<Template> parsed = ParseTemplate(node.Scalar());
  if (!parsed.ok()) {
    context.sink.Add(node, absl::StrCat(Quoted(what), ": ", std::string(parsed.status().message())),
                     "holes look like {order.total|money}");
    return std::nullopt;
  }
  return *std::move(parsed);
}

std::optional<Expression> ReadExpression(const YAML::Node& node, std::string_view what,
                                         const ReadContext& context) {
  if (!node.IsDefined() || !node.IsScalar()) {
    context.sink.Add(node, Quoted(what) + " is not a condition",
                     "write a text like \"order.total > 50.00\"");
    return std::nullopt;
  }
  absl::StatusOr<Expression> parsed = ParseExpression(node.Scalar());
  if (!parsed.ok()) {
    context.sink.Add(node,
                     absl::StrCat(Quoted(what), ": \"", node.Scalar(),
                                  "\": ", std::string(parsed.status().message())),
                     "conditions look like \"order.total > 50.00 and not exists(ret)\"");
    return std::nullopt;
  }
  return *std::move(parsed);
}

std::optional<int64_t> ReadDecimal(tools::YamlMap& map, const std::string& key, int64_t unit,
                                   int64_t least, int64_t most) {
  YAML::Node node = map.Get(key);
  if (!node.IsDefined()) return std::nullopt;
  double value = 0;
  if (!node.IsScalar() || !absl::SimpleAtod(node.Scalar(), &value) || !std::isfinite(value) ||
      value * static_cast<double>(unit) < static_cast<double>(least) ||
      value * static_cast<double>(unit) > static_cast<double>(most)) {
    map.Fail(key, absl::StrCat(key, " of ", map.what(), " is out of range"),
             absl::StrCat("write a number from ", static_cast<double>(least) / unit, " to ",
                          static_cast<double>(most) / unit));
    return std::nullopt;
  }
  return std::llround(value * static_cast<double>(unit));
}

std::optional<int64_t> ReadShare(tools::YamlMap& map, const std::string& key) {
  return ReadDecimal(map, key, 1'000'000, 0, 1'000'000);
}

std::optional<absl::Duration> ReadDuration(tools::YamlMap& map, const std::string& key) {
  YAML::Node node = map.Get(key);
  if (!node.IsDefined()) return std::nullopt;
  absl::Duration duration;
  if (!node.IsScalar() || !absl::ParseDuration(node.Scalar(), &duration) ||
      duration < absl::Seconds(1) || duration > absl::Hours(24 * 7)) {
    map.Fail(key, absl::StrCat(key, " of ", map.what(), " is not a length of time"),
             "write for example 90s, 10m or 1h");
    return std::nullopt;
  }
  return duration;
}

}  // namespace frontdesk::dialog
