#include "storage/sqlite/migrations.h"

#include "storage/sqlite/schema_sql.h"

namespace frontdesk::storage::sqlite {
namespace {

constexpr Migration kStoreSteps[] = {
    {"first", kStoreFirst},
    {"events that say why", kStoreSecond},
};
constexpr Migration kKeystoreSteps[] = {
    {"first", kKeystoreFirst},
};

constexpr int32_t FourLetters(const char (&letters)[5]) {
  return letters[0] << 24 | letters[1] << 16 | letters[2] << 8 | letters[3];
}

absl::Status RunStep(Connection& db, const Schema& schema, int version, int64_t now_ms) {
  const Migration& step = schema.steps[version - 1];
  if (absl::Status status = db.Execute("BEGIN IMMEDIATE"); !status.ok()) return status;
  absl::Status status = db.Execute(step.sql);
  if (status.ok()) {
    Query note(db, "INSERT INTO migrations (version, name, applied_ms) VALUES (?1, ?2, ?3)");
    status = note.Bind(version, step.name, now_ms).Run();
  }
  if (status.ok()) {
    status = db.Execute("PRAGMA application_id = " + std::to_string(schema.application_id) +
                        "; PRAGMA user_version = " + std::to_string(version) + "; COMMIT");
  }
  if (!status.ok() && db.in_transaction()) db.Execute("ROLLBACK").IgnoreError();
  return status;
}

}  // namespace

const Schema& StoreSchema() {
  static constexpr Schema kSchema{FourLetters("FDsk"), kStoreSteps};
  return kSchema;
}

const Schema& KeystoreSchema() {
  static constexpr Schema kSchema{FourLetters("FDky"), kKeystoreSteps};
  return kSchema;
}

absl::StatusOr<int> CheckSchema(Connection& db, const Schema& schema) {
  absl::StatusOr<int64_t> version = db.QueryInt("PRAGMA user_version");
  if (!version.ok()) return version.status();
  absl::StatusOr<int64_t> application = db.QueryInt("PRAGMA application_id");
  if (!application.ok()) return application.status();
  absl::StatusOr<int64_t> tables = db.QueryInt("SELECT count(*) FROM sqlite_schema");
  if (!tables.ok()) return tables.status();
  const bool fresh = *version == 0 && *application == 0 && *tables == 0;
  if (!fresh && *application != schema.application_id) {
    return absl::FailedPreconditionError(
        db.path() +
        " is a SQLite file of another program or another part of Frontdesk; give the "
        "path of another file");
  }
  if (*version > schema.version()) {
    return absl::FailedPreconditionError(
        db.path() + " has schema " + std::to_string(*version) + ", this program knows up to " +
        std::to_string(schema.version()) +
        "; use the newer frontdesk, or restore a backup of the older schema");
  }
  return static_cast<int>(*version);
}

absl::Status Migrate(Connection& db, const Schema& schema, int64_t now_ms) {
  absl::StatusOr<int> version = CheckSchema(db, schema);
  if (!version.ok()) return version.status();
  for (int next = *version + 1; next <= schema.version(); ++next) {
    if (absl::Status status = RunStep(db, schema, next, now_ms); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace frontdesk::storage::sqlite
