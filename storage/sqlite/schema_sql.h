// The SQL of every migration step. docs/store_format.md explains each table.
//
// BLOB columns named body, value, resource, arguments, result are sealed under the conversation's
// data key; columns named *_tag are HMACs; everything else is in the clear and holds no personal
// text.
#pragma once

namespace frontdesk::storage::sqlite {

inline constexpr char kStoreFirst[] = R"sql(
CREATE TABLE migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_ms INTEGER NOT NULL) STRICT;
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE conversations (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  bundle_version TEXT NOT NULL,
  knowledge_revision TEXT NOT NULL,
  customer TEXT,
  attributes TEXT NOT NULL,
  owner TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  state_tag TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL,
  idle_deadline_ms INTEGER,
  last_sequence INTEGER NOT NULL,
  chain BLOB NOT NULL,
  chain_mac BLOB NOT NULL,
  key_id TEXT NOT NULL,
  wrapped_key BLOB,
  erased_ms INTEGER
) STRICT;
CREATE INDEX conversations_by_state ON conversations (state_tag, position);
CREATE INDEX conversations_by_customer ON conversations (customer) WHERE customer IS NOT NULL;
CREATE INDEX conversations_by_idle ON conversations (idle_deadline_ms) WHERE idle_deadline_ms IS NOT NULL;
CREATE INDEX conversations_by_key ON conversations (key_id);

CREATE TABLE events (
  conversation INTEGER NOT NULL REFERENCES conversations,
  sequence INTEGER NOT NULL,
  kind TEXT NOT NULL,
  body BLOB,
  digest BLOB NOT NULL,
  chain BLOB NOT NULL,
  PRIMARY KEY (conversation, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE requests (
  conversation INTEGER NOT NULL REFERENCES conversations,
  request_id TEXT NOT NULL,
  body_tag BLOB NOT NULL,
  first_sequence INTEGER NOT NULL,
  last_sequence INTEGER NOT NULL,
  PRIMARY KEY (conversation, request_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE create_requests (
  request_id TEXT PRIMARY KEY,
  conversation INTEGER NOT NULL REFERENCES conversations,
  body_tag BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX create_requests_by_conversation ON create_requests (conversation);

CREATE TABLE ledger (
  position INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  conversation INTEGER NOT NULL REFERENCES conversations,
  tool TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('prepared', 'done', 'unknown', 'failed')),
  resource_tag BLOB,
  resource BLOB,
  arguments BLOB,
  result BLOB,
  attempts INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX ledger_by_conversation ON ledger (conversation);
CREATE INDEX ledger_open ON ledger (state) WHERE state IN ('prepared', 'unknown');
CREATE INDEX ledger_open_resource ON ledger (resource_tag) WHERE state IN ('prepared', 'unknown');

CREATE TABLE vault (
  position INTEGER PRIMARY KEY,
  conversation INTEGER NOT NULL REFERENCES conversations,
  token TEXT NOT NULL,
  type TEXT NOT NULL,
  value BLOB NOT NULL,
  UNIQUE (conversation, token)
) STRICT;

CREATE TABLE queue (
  conversation INTEGER PRIMARY KEY REFERENCES conversations,
  reason TEXT NOT NULL,
  team TEXT NOT NULL,
  priority INTEGER NOT NULL,
  since_ms INTEGER NOT NULL,
  claimed_by TEXT,
  lease_until_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE attempts (
  scope TEXT NOT NULL,
  key_tag BLOB NOT NULL,
  count INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  PRIMARY KEY (scope, key_tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_by_expiry ON attempts (expires_ms);

CREATE TABLE blobs (digest BLOB NOT NULL UNIQUE, bytes BLOB NOT NULL) STRICT;

CREATE TABLE documents (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  title TEXT NOT NULL,
  format TEXT NOT NULL,
  url TEXT NOT NULL,
  language TEXT NOT NULL,
  digest BLOB NOT NULL,
  updated_ms INTEGER NOT NULL,
  from_change INTEGER NOT NULL,
  until_change INTEGER
) STRICT;
CREATE UNIQUE INDEX documents_live ON documents (id) WHERE until_change IS NULL;
CREATE TABLE document_changes (change INTEGER PRIMARY KEY, changed_ms INTEGER NOT NULL) STRICT;
CREATE TABLE revisions (
  revision TEXT PRIMARY KEY,
  change INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  documents INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE versions (
  position INTEGER PRIMARY KEY,
  version TEXT NOT NULL UNIQUE,
  manifest TEXT NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE pointers (
  position INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  settings TEXT NOT NULL,
  reason TEXT NOT NULL,
  changed_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX pointers_by_name ON pointers (name, position);
)sql";

// What waits knows the event that says why, so that nobody looks for it in the log.
inline constexpr char kStoreSecond[] = R"sql(
ALTER TABLE queue ADD COLUMN reason_event INTEGER;
UPDATE queue SET reason_event = (
  SELECT max(sequence) FROM events
  WHERE events.conversation = queue.conversation AND events.kind = 'handoff.opened');
)sql";

inline constexpr char kKeystoreFirst[] = R"sql(
CREATE TABLE migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_ms INTEGER NOT NULL) STRICT;
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE keys (
  key_id TEXT PRIMARY KEY,
  name_tag BLOB NOT NULL,
  owner_tag BLOB,
  wrapped BLOB,
  created_ms INTEGER NOT NULL,
  destroyed_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX keys_living ON keys (name_tag) WHERE destroyed_ms IS NULL;
CREATE INDEX keys_by_name ON keys (name_tag);
CREATE INDEX keys_by_owner ON keys (owner_tag) WHERE owner_tag IS NOT NULL;
)sql";

}  // namespace frontdesk::storage::sqlite
