// Conditions and templates: what they mean, and what is refused with which words.
#include "dialog/bundle/expression.h"

#include <gtest/gtest.h>

#include "dialog/bundle/template.h"

namespace frontdesk::dialog {
namespace {

using nlohmann::json;

const json kScope = {{"order",
                      {{"total", 6000},
                       {"status", "delivered"},
                       {"lines", {{{"title", "Tent"}}, {{"title", "Mat"}}}},
                       {"placed", "2026-11-01"}}},
                     {"reason", "damaged"},
                     {"today", "2026-11-20"},
                     {"yes", true}};

struct Case {
  const char* text;
  bool holds;
};

TEST(Expression, MeansWhatItSays) {
  const Case cases[] = {
      {"order.total > 50.00", true},
      {"order.total > 60.00", false},
      {"order.total >= 6000 and order.status == \"delivered\"", true},
      {"not (reason in [\"damaged\", \"torn\"])", false},
      {"reason in ['other'] or yes", true},
      {"exists(order.missing)", false},
      {"not exists(order.missing) and count(order.lines) == 2", true},
      {"order.missing > 3", false},
      {"order.missing == null", true},
      {"order.missing != 3", true},
      {"order.lines.1.title == \"Mat\"", true},
      {"days_since(order.placed) == 19", true},
      {"days_since(order.missing) < 5", false},
      {"yes == true and not false", true},
      {"order.status > 5", false},  // different types never compare
      {"-1 < 0", true},
      {"android == null", true},  // a name may begin with an operator's letters
  };
  for (const Case& c : cases) {
    absl::StatusOr<Expression> e = ParseExpression(c.text);
    ASSERT_TRUE(e.ok()) << c.text << ": " << e.status();
    EXPECT_EQ(Holds(*e, kScope), c.holds) << c.text;
  }
}

TEST(Expression, RefusesWithColumn) {
  const std::pair<const char*, const char*> cases[] = {
      {"order.total >", "column 14: expected a value"},
      {"", "expected a value"},
      {"order.total > 4.9", "two decimals"},
      {"(a", "expected \")\""},
      {"a b", "expected the end"},
      {"a in \"text\"", "a list after \"in\""},
      {"size(order)", "exists, count, days_since"},
      {"1 == \"x\"", "same type"},
      {"count(x) == \"2\"", "same type"},
      {"a..b == 1", "a value"},
      {"\"open", "a closing"},
  };
  for (const auto& [text, words] : cases) {
    absl::StatusOr<Expression> e = ParseExpression(text);
    ASSERT_FALSE(e.ok()) << text;
    EXPECT_NE(std::string(e.status().message()).find(words), std::string::npos)
        << text << ": " << e.status();
  }
}

TEST(Expression, IsBounded) {
  EXPECT_FALSE(ParseExpression(std::string(2000, 'a')).ok());
  std::string deep = "a";
  for (int i = 0; i < 40; ++i) deep = "(" + deep + ")";
  EXPECT_FALSE(ParseExpression(deep).ok());
  std::string nots;
  for (int i = 0; i < 100; ++i) nots += "not ";
  EXPECT_FALSE(ParseExpression(nots + "a").ok());
  EXPECT_FALSE(ParseExpression("a == " + std::string(100, '[')).ok());
}

TEST(Template, FillsHoles) {
  const json scope = {{"total", 123450},
                      {"day", "2026-03-09"},
                      {"names", {"a", "b", "c"}},
                      {"kind", "wrong_size"},
                      {"email", "<EMAIL_1>"},
                      {"amount", {{"cents", 500}, {"currency", "USD"}}},
                      {"$shown", {{"kind", "the wrong size"}}}};
  struct {
    const char* text;
    const char* english;
    const char* german;
  } cases[] = {
      {"{total|money}", "€1,234.50", "1.234,50 €"},
      {"{day|date}", "9 March 2026", "9. März 2026"},
      {"{names|list} ({names|count})", "a, b and c (3)", "a, b und c (3)"},
      {"{kind} / {kind|label}", "the wrong size / wrong size", "the wrong size / wrong size"},
      {"{nothing|or:none} {{x}}", "none {x}", "none {x}"},
      {"to {email}", "to <EMAIL_1>", "to <EMAIL_1>"},
      {"{amount|money}", "$5.00", "5,00 $"},
  };
  for (const auto& c : cases) {
    absl::StatusOr<Template> t = ParseTemplate(c.text);
    ASSERT_TRUE(t.ok()) << c.text;
    EXPECT_EQ(*Render(*t, scope, {"en", "EUR"}), c.english);
    EXPECT_EQ(*Render(*t, scope, {"de", "EUR"}), c.german);
  }
  EXPECT_EQ(Money(-5, {"en", "EUR"}), "-€0.05");
  EXPECT_EQ(Money(100, {"en", "CHF"}), "CHF 1.00");
}

TEST(Template, RefusesAndFails) {
  for (const char* text : {"{", "}", "{a b}", "{a|shout}", "{a.}", "{a|list|list|list|list}"}) {
    EXPECT_FALSE(ParseTemplate(text).ok()) << text;
  }
  EXPECT_EQ(Render(*ParseTemplate("{a}"), json::object(), {}).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(Render(*ParseTemplate("{a|money}"), {{"a", "x"}}, {}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Render(*ParseTemplate("{a|date}"), {{"a", "soon"}}, {}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace frontdesk::dialog
