// tools.yaml: what it says, and every way it can be wrong, with line and remedy.
#include "tools/catalogue.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/tools/demo_shop.h"

namespace frontdesk::tools {
namespace {

TEST(Catalogue, ReadsTheDemoBundle) {
  const Catalogue catalogue = DemoCatalogue();
  EXPECT_GE(catalogue.tools.size(), 35u);
  const ToolSpec* get = catalogue.Find("orders.get");
  ASSERT_NE(get, nullptr);
  EXPECT_EQ(get->effect, Effect::kRead);
  EXPECT_EQ(get->verification, Verification::kOrder);
  EXPECT_EQ(get->adapter, "crm");
  EXPECT_EQ(get->timeout, absl::Seconds(2));
  EXPECT_EQ(get->FindField("days_since_delivery")->type, ValueType::kInteger);
  EXPECT_EQ(get->FindField("lines.product")->type, ValueType::kProduct);
  EXPECT_EQ(get->FindField("lines.price"), nullptr);
  EXPECT_EQ(get->FindField("line"), nullptr);
  EXPECT_EQ(get->FindParameter("order_id")->type, ValueType::kOrderNumber);
  const ToolSpec* move = catalogue.Find("orders.change_address");
  EXPECT_TRUE(move->confirm);
  EXPECT_TRUE(move->FindParameter("street")->reveal);
  EXPECT_EQ(move->FindField("street")->personal, "ADDRESS");
  EXPECT_EQ(move->resource_parameter, "order_id");
  EXPECT_TRUE(move->idempotent);
  EXPECT_EQ(catalogue.Find("offers.next_best")->consent, "personalised_offers");
  EXPECT_EQ(catalogue.Find("customers.find_by_order")->roles, std::vector<Role>{Role::kSystem});
  EXPECT_EQ(catalogue.Find("orders"), nullptr);
}

// A whole, right file with one tool and one http tool, in which each case breaks one thing.
std::string File(const std::string& tool = "", const std::string& service = "",
                 const std::string& exchange = "") {
  const std::string usual_tool =
      "  orders.get: {about: a, adapter: crm, effect: read, roles: [customer], verification: "
      "order,\n"
      "               parameters: {order_id: order_number}, result: {status: text}}\n";
  const std::string usual_service =
      "  api: {kind: http, base_url: 'https://a.example/v1', hosts: [a.example]}\n";
  const std::string usual_exchange =
      "    http: {path: '/o/{order_id}', query: {c: '{customer_id}'}, result: {status: /s}}\n";
  return "adapters:\n  crm: {kind: demo_crm}\n" + (service.empty() ? usual_service : service) +
         "tools:\n" + (tool.empty() ? usual_tool : tool) +
         "  remote.get:\n    about: b\n    adapter: api\n    effect: read\n    roles: [customer]\n"
         "    verification: order\n    parameters: {order_id: order_number}\n    result: {status: "
         "text}\n" +
         (exchange.empty() ? usual_exchange : exchange);
}

std::string Tool(const std::string& members) { return "  orders.get: {" + members + "}\n"; }

std::string Read(const std::string& more) {
  return Tool("about: a, adapter: crm, effect: read, roles: [customer], verification: order, " +
              more);
}

std::string Write(const std::string& more) {
  return Tool("about: a, adapter: crm, effect: write, roles: [customer], verification: order, " +
              more);
}

std::string Http(const std::string& members) { return "    http: {" + members + "}\n"; }

std::string Service(const std::string& members) { return "  api: {kind: http, " + members + "}\n"; }

TEST(Catalogue, TheUsualFileIsRight) {
  const auto catalogue = Catalogue::FromYaml(File(), "t.yaml");
  ASSERT_TRUE(catalogue.ok()) << catalogue.status();
}

TEST(Catalogue, EveryFaultIsNamedWithPlaceAndRemedy) {
  const std::string url = "base_url: 'https://a.example', hosts: [a.example]";
  const struct {
    const char* name;
    std::string text;
    std::vector<std::string> expected;  // each in the message
  } cases[] = {
      {"syntax", "tools: [", {"t.yaml:1: not YAML"}},
      {"no mapping", "- a", {"the file is not a mapping"}},
      {"empty", "", {"'adapters' is missing", "'tools' is missing"}},
      {"unknown section", File() + "tool: 1\n", {"unknown key 'tool'", "did you mean 'tools'?"}},
      {"bad adapter kind",
       File("", "  api: {kind: htp}\n"),
       {"t.yaml:3: adapter api: unknown kind 'htp'", "did you mean 'http'?"}},
      {"tool twice",
       File(Read("parameters: {}") + Read("parameters: {}")),
       {"'orders.get' stands twice", "remove or rename"}},
      {"tool name",
       File("  Orders: {about: a, adapter: crm, effect: read, roles: [agent], verification: "
            "none}\n"),
       {"named thing.action"}},
      {"no effect",
       File(Tool("about: a, adapter: crm, roles: [agent], verification: none")),
       {"t.yaml:5: tool orders.get: 'effect' is missing", "write effect: read"}},
      {"bad effect",
       File(Tool("about: a, adapter: crm, effect: raed, roles: [agent], verification: none")),
       {"unknown effect 'raed'", "did you mean 'read'?"}},
      {"no roles",
       File(Tool("about: a, adapter: crm, effect: read, verification: none")),
       {"nobody may use the tool"}},
      {"bad role",
       File(Tool("about: a, adapter: crm, effect: read, roles: [costumer], verification: none")),
       {"did you mean 'customer'?"}},
      {"no verification",
       File(Tool("about: a, adapter: crm, effect: read, roles: [agent]")),
       {"'verification' is missing"}},
      {"bad verification",
       File(Tool("about: a, adapter: crm, effect: read, roles: [agent], verification: email")),
       {"unknown verification 'email'"}},
      {"no about",
       File(Tool("adapter: crm, effect: read, roles: [agent], verification: none")),
       {"'about' is missing"}},
      {"bad adapter",
       File(Tool("about: a, adapter: cmr, effect: read, roles: [agent], verification: none")),
       {"there is no adapter 'cmr'", "did you mean 'crm'?"}},
      {"no adapter of several",
       File(Tool("about: a, effect: read, roles: [agent], verification: none")),
       {"there is no adapter ''"}},
      {"unknown key",
       File(Read("parametres: {}")),
       {"unknown key 'parametres'", "did you mean 'parameters'?"}},
      {"bad type",
       File(Read("parameters: {x: integr}")),
       {"unknown type 'integr'", "did you mean 'integer'?"}},
      {"list parameter", File(Read("parameters: {x: {type: list}}")), {"cannot be a list"}},
      {"choice without choices",
       File(Read("parameters: {x: {type: choice}}")),
       {"a choice without choices"}},
      {"plain choice", File(Read("parameters: {x: choice}")), {"needs more than its name"}},
      {"choices of a text",
       File(Read("parameters: {x: {type: text, choices: [a]}}")),
       {"choices of a non-choice"}},
      {"bad pattern",
       File(Read("parameters: {x: {type: text, pattern: '['}}")),
       {"no RE2 expression"}},
      {"min of a text",
       File(Read("parameters: {x: {type: text, min: 1}}")),
       {"min and max are for integer"}},
      {"min above max",
       File(Read("parameters: {x: {type: integer, min: 3, max: 2}}")),
       {"min is above max"}},
      {"min no number",
       File(Read("parameters: {x: {type: integer, min: few}}")),
       {"'min' is not a whole number"}},
      {"parameter name", File(Read("parameters: {Order: text}")), {"the name is not lower case"}},
      {"bad field type",
       File(Read("result: {x: money}")),
       {"result x has the unknown type 'money'"}},
      {"list without fields", File(Read("result: {x: list}")), {"does not say what it holds"}},
      {"record without fields",
       File(Read("result: {x: {type: record}}")),
       {"a list or record without fields"}},
      {"fields of a text",
       File(Read("result: {x: {type: text, fields: {y: text}}}")),
       {"fields of a plain value"}},
      {"deep result",
       File(Read("result: {a: {type: list, fields: {b: {type: list, fields: {c: {type: list, "
                 "fields: {d: {type: list, fields: {e: text}}}}}}}}}")),
       {"nested too deep"}},
      {"itself by alias",
       File("  orders.get: {about: a, adapter: crm, effect: read, roles: [agent], verification: "
            "none, result: &r {a: {type: list, fields: *r}}}\n"),
       {"t.yaml:"}},
      {"confirmed read", File(Read("confirm: true")), {"a read is never confirmed"}},
      {"read blocks", File(Read("resource: customer")), {"a read blocks nothing"}},
      {"write unsaid", File(Write("resource: customer")), {"must say whether it is confirmed"}},
      {"write blocks nothing",
       File(Write("confirm: true")),
       {"must say what an unknown result blocks"}},
      {"resource unknown",
       File(Write("confirm: true, resource: order")),
       {"'order' is no required parameter"}},
      {"resource optional",
       File(Write("confirm: true, resource: x, parameters: {x: {type: id, required: false}}")),
       {"'x' is no required parameter"}},
      {"retried write",
       File(Write("confirm: true, resource: customer, retries: 1")),
       {"called once only"}},
      {"timeout", File(Read("timeout: 5")), {"'timeout' is not a duration"}},
      {"timeout too long",
       File(Read("timeout: 1h")),
       {"'timeout' is not a duration from 10ms to 2m"}},
      {"bool", File(Read("idempotent: perhaps")), {"neither true nor false"}},
      {"http of a crm", File(Read("http: {path: /}")), {"its adapter is not of kind http"}},
      {"no exchange", File("", "", "    timeout: 1s\n"), {"the exchange is missing"}},
      {"no base_url", File("", Service("hosts: [a.example]")), {"'base_url' is missing"}},
      {"bad url",
       File("", Service("base_url: 'https://', hosts: [a.example]")),
       {"base_url is no URL"}},
      {"plain http",
       File("", Service("base_url: 'http://a.example', hosts: [a.example]")),
       {"the scheme 'http' is not allowed", "allow_http: true"}},
      {"file url",
       File("", Service("base_url: 'file:///etc/passwd', hosts: [a.example]")),
       {"the scheme 'file' is not allowed"}},
      {"host not listed",
       File("", Service("base_url: 'https://b.example', hosts: [a.example]")),
       {"the host 'b.example' is not among hosts", "write hosts: [b.example]"}},
      {"user in the url",
       File("", Service("base_url: 'https://a.example@b.example', hosts: [a.example]")),
       {"the host 'b.example' is not among hosts"}},
      {"no hosts", File("", Service("base_url: 'https://a.example'")), {"no host is allowed"}},
      {"bad range",
       File("", Service(url + ", private_addresses: [10.0.0.0/40]")),
       {"'40' is no prefix length"}},
      {"auth without file", File("", Service(url + ", auth: {header: X}")), {"auth without file"}},
      {"auth key",
       File("", Service(url + ", auth: {file: f, prefx: X}")),
       {"did you mean 'prefix'?"}},
      {"method",
       File("", "", Http("method: FETCH, path: '/{order_id}', query: {c: '{customer_id}'}")),
       {"unknown method 'FETCH'"}},
      {"relative path",
       File("", "", Http("path: 'o/{order_id}', query: {c: '{customer_id}'}")),
       {"does not begin with /"}},
      {"unknown name",
       File("", "", Http("path: '/{order}/{order_id}', query: {c: '{customer_id}'}")),
       {"{order} is no parameter"}},
      {"unsent parameter",
       File("", "", Http("path: '/x', query: {c: '{customer_id}'}")),
       {"the parameter 'order_id' is not sent"}},
      {"unscoped",
       File("", "", Http("path: '/o/{order_id}'")),
       {"nothing keeps a customer to their own data", "owner: /pointer"}},
      {"body of a GET",
       File("", "", Http("path: '/{order_id}', query: {c: '{customer_id}'}, body: {a: 1}")),
       {"a GET has no body"}},
      {"pointer",
       File("", "", Http("path: '/{order_id}', query: {c: '{customer_id}'}, result: {status: s}")),
       {"'s' is no JSON pointer"}},
      {"undocumented",
       File("", "", Http("path: '/{order_id}', query: {c: '{customer_id}'}, result: {total: /t}")),
       {"'total' is no documented result field"}},
      {"conversion",
       File("", "",
            Http("path: '/{order_id}', query: {c: '{customer_id}'}, result: {status: {pointer: /s, "
                 "as: cent}}")),
       {"unknown conversion 'cent'", "did you mean 'cents'?"}},
      {"find without key",
       File("", "", Http("path: '/{order_id}', query: {c: '{customer_id}'}, find: /f")),
       {"does not name the key"}},
      {"status codes",
       File("", "", Http("path: '/{order_id}', query: {c: '{customer_id}'}, not_found: [200]")),
       {"'200' is not a whole number from 400 to 599"}},
      {"several at once",
       File(Read("timeout: 5, retries: 99"), Service("hosts: []")),
       {"'timeout'", "'retries'", "'base_url'", "no host"}},
  };
  for (const auto& test : cases) {
    const auto catalogue = Catalogue::FromYaml(test.text, "t.yaml");
    ASSERT_EQ(catalogue.status().code(), absl::StatusCode::kInvalidArgument) << test.name;
    const std::string message(catalogue.status().message());
    for (const std::string& part : test.expected) {
      EXPECT_NE(message.find(part), std::string::npos) << test.name << "\n" << message;
    }
    size_t lines = 1;
    for (const char c : message) lines += c == '\n' ? 1 : 0;
    EXPECT_EQ(lines, std::count(message.begin(), message.end(), ';') >= static_cast<long>(lines)
                         ? lines
                         : 0)
        << test.name << ": every fault has a remedy\n"
        << message;
  }
}

TEST(Catalogue, HugeAndHostileFilesAreRefusedInTime) {
  EXPECT_FALSE(Catalogue::FromYaml(std::string(2 << 20, 'a'), "t.yaml").ok());
  EXPECT_FALSE(Catalogue::FromYaml(std::string(100000, '['), "t.yaml").ok());
  EXPECT_FALSE(Catalogue::FromYaml(std::string("a\0b", 3), "t.yaml").ok());
  EXPECT_FALSE(Catalogue::FromYaml("\xff\xfe\xff", "t.yaml").ok());
  std::string aliases = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    aliases += std::string(1, c) + ": &" + c + " [*" + char(c - 1) + ",*" + char(c - 1) + ",*" +
               char(c - 1) + "]\n";
  }
  EXPECT_FALSE(Catalogue::FromYaml(aliases, "t.yaml").ok());
}

TEST(Catalogue, FaultsJoinThoseOfOtherFiles) {
  std::vector<Fault> faults = {{"other.yaml", 99, "x", "y"}};
  (void)Catalogue::Parse("tools: 1", "t.yaml", faults);
  ASSERT_GE(faults.size(), 2u);
  EXPECT_EQ(faults[0].ToString(), "other.yaml:99: x; y");
  EXPECT_EQ(faults[1].file, "t.yaml");
}

}  // namespace
}  // namespace frontdesk::tools
