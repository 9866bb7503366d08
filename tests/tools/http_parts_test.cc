// The pure parts of the HTTP adapter: addresses, templates, answers.
#include <gtest/gtest.h>

#include <string>

#include "tools/http/address_range.h"
#include "tools/http/answer.h"
#include "tools/http/template.h"

namespace frontdesk::tools {
namespace {

using nlohmann::json;

TEST(Address, PublicOrNot) {
  const std::pair<const char*, bool> cases[] = {
      {"8.8.8.8", true},
      {"1.1.1.1", true},
      {"172.15.255.255", true},
      {"172.32.0.0", true},
      {"100.63.0.1", true},
      {"2606:4700::1111", true},
      {"127.0.0.1", false},
      {"127.255.255.254", false},
      {"10.0.0.1", false},
      {"172.16.0.1", false},
      {"172.31.255.255", false},
      {"192.168.1.1", false},
      {"169.254.169.254", false},
      {"100.64.0.1", false},
      {"0.0.0.0", false},
      {"224.0.0.1", false},
      {"255.255.255.255", false},
      {"::1", false},
      {"::", false},
      {"fe80::1", false},
      {"fd00::1", false},
      {"ff02::1", false},
      {"::ffff:127.0.0.1", false},
      {"::ffff:8.8.8.8", true},
      {"64:ff9b::7f00:1", false},
      {"64:ff9b::808:808", true},
      {"2002:7f00:1::", false},
      {"2001:db8::1", false},
      {"2001::1", false},
      {"::7f00:1", false},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(Address::Parse(text)->IsPublic(), expected) << text;
  }
}

TEST(AddressRange, HoldsWhatItSays) {
  const struct {
    const char *range, *address;
    bool expected;
  } cases[] = {
      {"10.20.0.0/16", "10.20.255.1", true},
      {"10.20.0.0/16", "10.21.0.1", false},
      {"10.20.3.4", "10.20.3.4", true},
      {"10.20.3.4", "10.20.3.5", false},
      {"0.0.0.0/0", "8.8.8.8", true},
      {"0.0.0.0/0", "2606::1", false},
      {"127.0.0.0/9", "127.127.0.1", true},
      {"127.0.0.0/9", "127.128.0.1", false},
      {"::1/128", "::1", true},
      {"::ffff:127.0.0.1", "127.0.0.1", true},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(AddressRange::Parse(test.range)->Contains(*Address::Parse(test.address)),
              test.expected)
        << test.range << " " << test.address;
  }
  for (const char* bad :
       {"", "a", "10.0.0", "10.0.0.0/", "10.0.0.0/33", "::1/129", "10.0.0.0/-1", "1.2.3.4/8/8"}) {
    EXPECT_FALSE(AddressRange::Parse(bad).ok()) << bad;
  }
}

TEST(Template, PathsCannotBeEscapedFrom) {
  const json values = {
      {"id", "a/../b?c#d%e ü"}, {"n", 7}, {"dots", ".."}, {"dot", "."}, {"none", ""}};
  EXPECT_EQ(FillPath("/o/{id}/{n}", values), "/o/a%2F..%2Fb%3Fc%23d%25e%20%C3%BC/7");
  EXPECT_EQ(FillPath("/o/{dots}", values), std::nullopt);
  EXPECT_EQ(FillPath("/o/{dot}", values), std::nullopt);
  EXPECT_EQ(FillPath("/o/{none}", values), std::nullopt);
  EXPECT_EQ(FillPath("/o/{unknown}", values), std::nullopt);
  EXPECT_EQ(FillPath("/{}/{A}/{", values), "/{}/{A}/{");
}

TEST(Template, HeadersCannotBeEnded) {
  EXPECT_EQ(FillHeader("v-{id}", {{"id", "x"}}), "v-x");
  EXPECT_EQ(FillHeader("v-{id}", {{"id", "x\r\nEvil: 1"}}), std::nullopt);
  EXPECT_EQ(FillHeader("v-{id}", {{"id", std::string("x\0", 2)}}), std::nullopt);
}

TEST(Template, BodiesKeepTypesAndLeaveAbsentOut) {
  const json body = {{"line", "{line}"},
                     {"text", "no {line}"},
                     {"gone", "{gone}"},
                     {"list", {"{line}", "{gone}", 1}},
                     {"deep", {{"flag", "{flag}"}}},
                     {"fixed", true}};
  EXPECT_EQ(FillBody(body, {{"line", 2}, {"flag", false}}), json({{"line", 2},
                                                                  {"text", "no 2"},
                                                                  {"list", {2, nullptr, 1}},
                                                                  {"deep", {{"flag", false}}},
                                                                  {"fixed", true}}));
  EXPECT_EQ(FillBody({{"t", "{x}"}}, {{"x", "\"},{\"admin\":true"}}).dump(),
            R"({"t":"\"},{\"admin\":true"})");
}

TEST(CentsOf, IsExact) {
  const std::pair<json, int64_t> good[] = {
      {"49.90", 4990}, {49.9, 4990}, {49, 4900},     {"0.07", 7},
      {"-3.5", -350},  {0.1, 10},    {"1.100", 110}, {1234567.89, 123456789},
      {19.99, 1999},   {"5", 500}};
  for (const auto& [value, cents] : good) {
    ASSERT_TRUE(CentsOf(value).ok()) << value;
    EXPECT_EQ(*CentsOf(value), cents) << value;
  }
  for (const json& bad :
       {json("4,99"), json("1.999"), json("1e3"), json(""), json("."), json(nullptr), json(true),
        json("99999999999999.00"), json(1e300), json("12.3.4"), json(" 1")}) {
    EXPECT_FALSE(CentsOf(bad).ok()) << bad;
  }
}

TEST(MapAnswer, ReadsByPointerAndConverts) {
  using C = HttpField::Conversion;
  const json body = json::parse(
      R"({"o":{"id":7,"total":"12.50","at":"2026-11-20T10:00:00Z","gone":null,"items":[{"n":"Lamp","q":2},{"n":"Tent"}]}})");
  const std::vector<HttpField> mapping = {
      {.name = "id", .pointer = "/o/id", .conversion = C::kText},
      {.name = "total", .pointer = "/o/total", .conversion = C::kCents},
      {.name = "day", .pointer = "/o/at", .conversion = C::kDate},
      {.name = "gone", .pointer = "/o/gone"},
      {.name = "absent", .pointer = "/x/y"},
      {.name = "count", .pointer = "/o/items", .conversion = C::kCount},
      {.name = "second", .pointer = "/o/items/1/n"},
      {.name = "items",
       .pointer = "/o/items",
       .each = {{.name = "title", .pointer = "/n"}, {.name = "pieces", .pointer = "/q"}}},
  };
  EXPECT_EQ(*MapAnswer(mapping, body),
            json({{"id", "7"},
                  {"total", 1250},
                  {"day", "2026-11-20"},
                  {"count", 2},
                  {"second", "Tent"},
                  {"items", {{{"title", "Lamp"}, {"pieces", 2}}, {{"title", "Tent"}}}}}));
  EXPECT_EQ(*MapAnswer({}, body), body);
  EXPECT_EQ(*MapAnswer(mapping, json("text")), json::object());
  EXPECT_FALSE(
      MapAnswer({{.name = "total", .pointer = "/o/at", .conversion = C::kCents}}, body).ok());
  EXPECT_FALSE(MapAnswer({{.name = "n", .pointer = "/o/id", .conversion = C::kCount}}, body).ok());
  EXPECT_FALSE(
      MapAnswer({{.name = "n", .pointer = "/o/id", .each = {{.name = "x", .pointer = "/x"}}}}, body)
          .ok());
}

}  // namespace
}  // namespace frontdesk::tools
