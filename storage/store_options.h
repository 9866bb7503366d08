// Where the store keeps its files and how much it may queue.
//
// Values. The folder must exist; empty keystore and key file names mean beside the store.
#pragma once

#include <cstdint>
#include <string>

namespace frontdesk::storage {

struct StoreOptions {
  std::string path;           // the database; "-wal", "-shm" and ".lock" files appear beside it
  std::string keystore_path;  // empty: keystore.db in the same folder
  std::string key_file;       // empty: master.key in the same folder

  // Opens without changing anything, also while a server has the store open; write calls are
  // FAILED_PRECONDITION. For doctor, replay and reports.
  bool read_only = false;

  int group_limit = 64;      // writes per COMMIT, 1..1024
  int queue_limit = 4096;    // waiting writes; beyond it a write is RESOURCE_EXHAUSTED at once
  int read_connections = 4;  // 1..64
  int busy_timeout_ms = 5000;

  // The file may not grow beyond this many pages of 4096 bytes; 0 = no limit. A full file is
  // RESOURCE_EXHAUSTED exactly as a full disk is.
  int64_t max_pages = 0;
};

}  // namespace frontdesk::storage
