// products.*.
#include <algorithm>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "text/fuzzy.h"
#include "tools/crm/handlers/handlers.h"

namespace frontdesk::tools {
namespace {

using nlohmann::json;

struct Product {
  std::string id, title, category, about;
  int64_t price = 0, people = 0, guarantee_years = 2, stock = 0;
  bool clearance = false;
};

std::vector<Product> LoadProducts(Scope& scope) {
  std::vector<Product> products;
  Rows rows = scope.db.Query(
      "SELECT p.*, (SELECT coalesce(sum(stock), 0) FROM variants v WHERE v.product_id = p.id) AS "
      "stock "
      "FROM products p ORDER BY p.id");
  while (rows.Next()) {
    products.push_back(Product{rows.Text("id"), rows.Text("title"), rows.Text("category"),
                               rows.Text("about"), rows.Integer("price"), rows.Integer("people"),
                               rows.Integer("guarantee_years"), rows.Integer("stock"),
                               rows.Integer("clearance") != 0});
  }
  return products;
}

bool Passes(Scope& scope, const Product& product) {
  const std::string category = scope.Text("category");
  if (!category.empty() && product.category != category) return false;
  if (product.price > scope.Integer("max_price").value_or(INT64_MAX)) return false;
  if (product.price < scope.Integer("min_price").value_or(0)) return false;
  if (const auto people = scope.Integer("people"); people && product.people < *people) return false;
  return !scope.Flag("in_stock").value_or(false) || product.stock > 0;
}

// How well one word of a query fits: 4 title, 2 category, 1 description; a slip of
// the finger in a longer word counts one less.
int WordScore(const Product& product, const std::string& word) {
  if (HasWords(product.title, word) || Lower(product.id) == word) return 4;
  if (HasWords(product.category, word)) return 2;
  if (HasWords(product.about, word)) return 1;
  if (word.size() < 5) return 0;
  for (const std::string& part :
       std::vector<std::string>(absl::StrSplit(Lower(product.title), ' '))) {
    if (text::EditDistance(word, part, 1) <= 1) return 3;
  }
  return 0;
}

int QueryScore(const Product& product, const std::string& query) {
  static const std::set<std::string> kEmpty = {"a",   "an",   "the", "for", "with", "and",
                                               "or",  "of",   "to",  "in",  "is",   "do",
                                               "you", "have", "i",   "me"};
  int score = 0;
  for (const std::string& word : std::vector<std::string>(
           absl::StrSplit(Lower(query), absl::ByAnyChar(" ,.?!\t\n"), absl::SkipEmpty()))) {
    if (!kEmpty.contains(word)) score += WordScore(product, word);
  }
  return score;
}

std::string Euros(int64_t cents) {
  return absl::StrCat(cents / 100, ".", cents % 100 < 10 ? "0" : "", cents % 100);
}

ToolResult SearchProducts(Scope& scope) {
  const std::string query = scope.Text("query");
  std::vector<std::tuple<int, int64_t, Product>> found;  // −score, price, product
  for (const Product& product : LoadProducts(scope)) {
    if (!Passes(scope, product)) continue;
    const int score = query.empty() ? 1 : QueryScore(product, query);
    if (score > 0) found.emplace_back(-score, product.price, product);
  }
  if (found.empty()) return ToolResult::NotFound("nothing_fits", "no product fits");
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::tie(std::get<0>(a), std::get<1>(a)) < std::tie(std::get<0>(b), std::get<1>(b));
  });
  const size_t limit = static_cast<size_t>(scope.Integer("limit").value_or(3));
  json list = json::array();
  std::vector<std::string> texts;
  for (const auto& [score, price, product] : found) {
    if (list.size() == limit) break;
    list.push_back({{"sku", product.id},
                    {"product", product.title},
                    {"category", product.category},
                    {"price", product.price},
                    {"about", product.about},
                    {"in_stock", product.stock > 0}});
    texts.push_back(absl::StrCat(product.title, " (", Euros(product.price), ")"));
  }
  return ToolResult::Ok({{"count", static_cast<int64_t>(found.size())},
                         {"summary", Summary(texts, limit)},
                         {"first_product", list[0]["product"]},
                         {"first_sku", list[0]["sku"]},
                         {"first_price", list[0]["price"]},
                         {"first_about", list[0]["about"]},
                         {"products", list}});
}

// The one product meant by a title, an article number or part of one.
std::optional<Product> FindProduct(Scope& scope, const std::string& name, std::string_view& why) {
  std::vector<Product> found;
  for (Product& product : LoadProducts(scope)) {
    if (Lower(product.id) == Lower(name) || Lower(product.title) == Lower(name)) return product;
    if (Lower(name).starts_with(absl::StrCat(Lower(product.id), "-")))
      return product;  // a variant's number
    if (HasWords(absl::StrCat(product.title, " ", product.id), name))
      found.push_back(std::move(product));
  }
  if (found.size() == 1) return found[0];
  why = found.empty() ? "no_such_product" : "which_product";
  return std::nullopt;
}

void AddUnique(std::vector<std::string>& list, const std::string& text) {
  if (!text.empty() && std::find(list.begin(), list.end(), text) == list.end())
    list.push_back(text);
}

ToolResult GetProduct(Scope& scope) {
  std::string_view why;
  const std::optional<Product> product = FindProduct(scope, scope.Text("product"), why);
  if (!product) return ToolResult::NotFound(why, "no single product is meant");
  const std::string size = Lower(scope.Text("size")), colour = Lower(scope.Text("colour"));
  json variants = json::array();
  std::vector<std::string> sizes, colours;
  int64_t stock = 0;
  bool any = false;
  std::optional<std::string> restock;
  Rows rows =
      scope.db.Query("SELECT * FROM variants WHERE product_id = ? ORDER BY rowid", product->id);
  while (rows.Next()) {
    if (rows.Integer("stock") > 0) AddUnique(sizes, rows.Text("size"));
    AddUnique(colours, rows.Text("colour"));
    variants.push_back({{"sku", rows.Text("sku")},
                        {"size", rows.Text("size")},
                        {"colour", rows.Text("colour")},
                        {"price", rows.Integer("price")},
                        {"stock", rows.Integer("stock")}});
    if (!size.empty() && Lower(rows.Text("size")) != size) continue;
    if (!colour.empty() && Lower(rows.Text("colour")) != colour) continue;
    any = true;
    stock += rows.Integer("stock");
    const std::optional<std::string> again = rows.OptionalText("restock_on");
    if (again && (!restock || *again < *restock)) restock = again;
  }
  if (!any && (!size.empty() || !colour.empty())) {
    return ToolResult::NotFound("no_such_variant", "the product has no such size or colour");
  }
  json value = {{"sku", product->id},
                {"product", product->title},
                {"category", product->category},
                {"about", product->about},
                {"price", product->price},
                {"in_stock", stock > 0},
                {"stock", stock},
                {"guarantee_years", product->guarantee_years},
                {"clearance", product->clearance},
                {"variants", variants}};
  if (!sizes.empty()) value["sizes"] = absl::StrJoin(sizes, ", ");
  if (!colours.empty()) value["colours"] = absl::StrJoin(colours, ", ");
  const std::optional<Day> again = DayOf(restock.value_or(""));
  if (stock == 0 && again && *again >= scope.today) value["restock_on"] = ToText(*again);
  return ToolResult::Ok(std::move(value));
}

}  // namespace

std::vector<NamedHandler> ShopHandlers() {
  return {{"products.search", SearchProducts, false}, {"products.get", GetProduct, false}};
}

}  // namespace frontdesk::tools
