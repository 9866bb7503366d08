#include "tools/crm/generate/generate.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <set>

#include <yaml-cpp/yaml.h>

#include "absl/strings/str_cat.h"
#include "tools/crm/generate/crowd.h"
#include "tools/crm/generate/personas.h"
#include "tools/crm/generate/shop_data.h"
#include "tools/crm/generate/story.h"
#include "tools/yaml_map.h"

namespace frontdesk::tools {
namespace {

absl::Status CheckOptions(const DemoCrmOptions& options) {
  if (options.customers <= kPersonas || options.customers > 90000) {
    return absl::InvalidArgumentError(
        absl::StrCat("customers must be from ", kPersonas + 1, " to 90000"));
  }
  if (options.orders < 60 || options.orders > 12000) {
    return absl::InvalidArgumentError("orders must be from 60 to 12000");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DemoCrmOptions> DemoCrmOptionsFromYaml(std::string_view text,
                                                      std::string_view file) {
  DemoCrmOptions options;
  std::vector<Fault> faults;
  const FaultSink sink{std::string(file), faults};
  try {
    YamlMap map(YAML::Load(std::string(text)), "the file", sink);
    options.seed = static_cast<uint64_t>(map.Integer("seed", 0, INT64_MAX).value_or(1));
    const std::string day = map.Text("reference_date").value_or(ToText(options.reference_day));
    if (std::optional<Day> parsed = DayOf(day); parsed && day.size() == 10) {
      options.reference_day = *parsed;
    } else {
      map.Fail("reference_date", absl::StrCat("'", day, "' is no date"), "write YYYY-MM-DD");
    }
    options.customers =
        static_cast<int>(map.Integer("customers", kPersonas + 1, 90000).value_or(300));
    options.orders = static_cast<int>(map.Integer("orders", 60, 12000).value_or(1500));
    map.Finish();
  } catch (const YAML::Exception& error) {
    faults.push_back(Fault{sink.file, std::max(error.mark.line + 1, 1),
                           absl::StrCat("not YAML: ", error.msg), "correct the indentation"});
  }
  if (absl::Status status = StatusOf(faults); !status.ok()) return status;
  return options;
}

absl::Status GenerateDemoCrm(DemoCrm& crm, const DemoCrmOptions& options) {
  if (absl::Status status = CheckOptions(options); !status.ok()) return status;
  Database& db = crm.database();
  // Nine in the morning: the fixed orders of "today" were placed before.
  const absl::Time reference =
      absl::FromCivil(absl::CivilHour(options.reference_day) + 9, absl::UTCTimeZone());
  Transaction transaction(db);
  const std::vector<ShopItem> items = AddShop(db, ToText(options.reference_day + 12));
  StoryWriter writer(db, items, reference);
  const std::vector<std::string> used = AddPersonas(db, writer);
  Crowd crowd(db, writer, items, options.seed);
  crowd.AddPeople(kPersonas + 1, options.customers);
  crowd.AddOrders(options.orders - static_cast<int>(used.size()), {used.begin(), used.end()});
  crowd.AddEverythingElse();
  db.Run("INSERT INTO settings VALUES('reference_day', ?), ('seed', ?)",
         ToText(options.reference_day), absl::StrCat(options.seed));
  return transaction.Commit();
}

absl::Status GenerateDemoCrm(const std::string& path, const DemoCrmOptions& options) {
  if (absl::Status status = CheckOptions(options); !status.ok()) return status;
  absl::StatusOr<std::unique_ptr<DemoCrm>> crm = DemoCrm::Create(path);
  if (!crm.ok()) return crm.status();
  absl::Status status = GenerateDemoCrm(**crm, options);
  crm->reset();
  if (!status.ok()) {
    std::error_code ignored;
    for (const char* part : {"", "-wal", "-shm"}) {
      std::filesystem::remove(absl::StrCat(path, part), ignored);
    }
  }
  return status;
}

}  // namespace frontdesk::tools
