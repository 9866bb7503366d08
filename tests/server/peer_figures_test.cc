#include "server/commands/peer_figures.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace frontdesk::server {
namespace {

class PeerFiguresTest : public testing::Test {
 protected:
  std::string Write(const std::string& lines) {
    const std::string path = testing::TempDir() + "/peers.jsonl";
    std::ofstream(path) << lines;
    return path;
  }
};

TEST_F(PeerFiguresTest, PeersOfTheSetStandBelowOurs) {
  const auto peers = ReadPeerFigures(Write("{\"peer\":\"svc\",\"set\":\"hwu64\",\"n\":5,\"accuracy\":0.75}\n\n"
                                           "{\"peer\":\"other set\",\"set\":\"clinc\",\"n\":9,\"accuracy\":1}\n"
                                           "{\"peer\":\"any set\",\"n\":5,\"docs_per_second\":43174.4}\n"),
                                     5, "hwu64");
  ASSERT_TRUE(peers.ok()) << peers.status();
  ASSERT_EQ(peers->size(), 2u);
  const std::vector<NamedFigures> ours = {{"ours", {{"accuracy", 0.8}}}};
  const std::vector<std::string> keys = {"accuracy", "docs_per_second"};
  EXPECT_EQ(BesidePeers(ours, *peers, keys),
            "beside peers                accuracy docs_per_second\n"
            "ours                          0.8000               -\n"
            "svc                           0.7500               -\n"
            "any set                            -           43174\n");
}

TEST_F(PeerFiguresTest, FiguresOverOtherItemsAreRefused) {
  const auto peers = ReadPeerFigures(Write("{\"peer\":\"svc\",\"n\":4}\n"), 5, "hwu64");
  ASSERT_EQ(peers.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(peers.status().message().find("measured on 4 items, ours on 5"), absl::string_view::npos)
      << peers.status();
}

TEST_F(PeerFiguresTest, LinesThatAreNoFiguresAreRefusedByPlace) {
  const auto peers = ReadPeerFigures(Write("{\"peer\":\"svc\",\"n\":5}\n{\"engine\":\"x\"}\n"), 5, "");
  ASSERT_EQ(peers.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(peers.status().message().find("2"), absl::string_view::npos) << peers.status();
  EXPECT_EQ(ReadPeerFigures("no such file", 5, "").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace frontdesk::server
