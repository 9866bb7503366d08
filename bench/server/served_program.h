// What the benches of the whole server share: the program as a child process, and quantiles.
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/cpp/chat_client.h"

namespace frontdesk::bench {

inline double Quantile(std::vector<double> values, double q) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<size_t>(q * static_cast<double>(values.size())))];
}

// A `frontdesk serve` in a child process.
class Server {
 public:
  Server(const std::string& program, const std::string& data, const std::vector<std::string>& more) {
    const absl::Time begin = absl::Now();
    const std::string out = data + "/bench.out";
    std::filesystem::create_directories(data);
    std::filesystem::remove(out);
    std::vector<std::string> words = {program, "serve", "--data", data, "--listen", "127.0.0.1:0", "--metrics-listen",
                                      "none", "--rate-burst", "0", "--log-level", "warn"};
    words.insert(words.end(), more.begin(), more.end());
    pid_ = ::fork();
    if (pid_ == 0) {
      std::freopen(out.c_str(), "w", stdout);
      std::vector<char*> argv;
      for (std::string& word : words) argv.push_back(word.data());
      argv.push_back(nullptr);
      ::execv(program.c_str(), argv.data());
      std::_Exit(127);
    }
    for (int i = 0; i < 12000 && port_ == 0; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      std::ifstream file(out);
      std::string line;
      if (std::getline(file, line)) {
        const size_t space = line.rfind(' ');
        if (space != std::string::npos) (void)absl::SimpleAtoi(line.substr(space + 1), &port_);
      }
      if (::waitpid(pid_, nullptr, WNOHANG) == pid_) break;
    }
    start_ms_ = absl::ToDoubleMilliseconds(absl::Now() - begin);
    if (port_ == 0) {
      std::fprintf(stderr, "the server did not start; run %s serve to see why\n", program.c_str());
      std::exit(1);
    }
  }
  ~Server() {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
  }
  client::ServerAddress address() const { return {absl::StrCat("127.0.0.1:", port_), ""}; }
  double start_ms() const { return start_ms_; }
  double rss_mib() const {
    std::ifstream status(absl::StrCat("/proc/", pid_, "/status"));
    std::string line;
    double kib = 0;
    while (std::getline(status, line)) {
      if (line.rfind("VmRSS:", 0) == 0) kib = std::atof(line.substr(6).c_str());
    }
    return kib / 1024;
  }
  // Processor time used so far, both cores: says what a turn costs even beside other work.
  double cpu_ms() const {
    std::ifstream stat(absl::StrCat("/proc/", pid_, "/stat"));
    std::string line;
    std::getline(stat, line);
    std::istringstream fields(line.substr(line.rfind(')') + 2));
    std::string skipped;
    for (int i = 0; i < 11; ++i) fields >> skipped;
    double user = 0, system = 0;
    fields >> user >> system;
    return (user + system) * 1000 / static_cast<double>(::sysconf(_SC_CLK_TCK));
  }

 private:
  pid_t pid_ = 0;
  int port_ = 0;
  double start_ms_ = 0;
};

}  // namespace frontdesk::bench
