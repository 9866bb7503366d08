#include "scripts/train_pii_names/labelled_text.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

namespace frontdesk::tools {
namespace {

int KindOf(const std::string& type) {
  if (type == "PERSON") return 0;
  if (type == "ADDRESS") return 1;
  if (type == "LOCATION") return 2;
  if (type == "ORGANIZATION") return 3;
  return -1;
}

}  // namespace

std::vector<Labelled> ReadLabelled(const std::string& path) {
  std::ifstream file(path);
  std::vector<Labelled> rows;
  for (std::string line; std::getline(file, line);) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (!json.is_object()) continue;
    Labelled row;
    row.text = json.value("text", "");
    row.source = json.value("source", "");
    std::vector<std::size_t> offsets;
    for (std::size_t i = 0; i < row.text.size(); ++i) {
      if ((row.text[i] & 0xC0) != 0x80) offsets.push_back(i);
    }
    offsets.push_back(row.text.size());
    for (const auto& span : json["spans"]) {
      const int kind = KindOf(span.value("type", ""));
      const std::size_t begin = span.value("start", 0), end = span.value("end", 0);
      if (kind >= 0 && begin < end && end < offsets.size()) {
        row.spans.push_back({offsets[begin], offsets[end], kind});
      }
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace frontdesk::tools
