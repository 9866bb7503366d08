// gRPC-Web frames, and the gateway as a browser's bytes meet it.
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <string>

#include "server/delivery/queue_board.h"
#include "server/gateway/frames.h"
#include "server/gateway/web_gateway.h"
#include "server/presence.h"

namespace frontdesk::server {
namespace {

TEST(Frames, AMessageComesBackAsItWent) {
  for (const std::string& message : {std::string(), std::string("hi"), std::string(70'000, 'x')}) {
    const auto read = RequestMessage(MessageFrame(message));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, message);
  }
}

TEST(Frames, WhatIsNotOneWholeMessageIsRefused) {
  struct Case {
    const char* name;
    std::string body;
  };
  const std::string whole = MessageFrame("hello");
  const Case cases[] = {
      {"nothing", ""},
      {"half a header", whole.substr(0, 3)},
      {"cut", whole.substr(0, whole.size() - 1)},
      {"two messages", whole + whole},
      {"trailers", TrailersFrame(0, "")},
      {"compressed", std::string("\x01\0\0\0\0", 5)},
      {"length beyond the body", std::string("\0\xff\xff\xff\xff", 5)},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(RequestMessage(c.body).status().code(), absl::StatusCode::kInvalidArgument) << c.name;
  }
}

TEST(Frames, TrailersCarryTheStatusAndNoLineBreaks) {
  const std::string frame = TrailersFrame(8, "too many\r\nx-evil: 1");
  EXPECT_EQ(static_cast<unsigned char>(frame[0]), 0x80);
  EXPECT_EQ(frame.substr(5), "grpc-status: 8\r\ngrpc-message: too many%0D%0Ax-evil: 1\r\n");
}

TEST(Frames, Timeouts) {
  EXPECT_EQ(ParseTimeout("5000m"), absl::Seconds(5));
  EXPECT_EQ(ParseTimeout("2S"), absl::Seconds(2));
  EXPECT_EQ(ParseTimeout("1H"), absl::Hours(1));
  for (const char* wrong : {"", "S", "-1S", "5", "5x", "1234567890S"})
    EXPECT_FALSE(ParseTimeout(wrong)) << wrong;
}

TEST(Gateway, RefusesWhatIsNotForBrowsersAndNamesBadSettings) {
  Metrics metrics;
  const auto channel = grpc::CreateChannel("127.0.0.1:1", grpc::InsecureChannelCredentials());
  WebGatewayOptions options;
  for (const char* listen : {"7602", "127.0.0.1:x", "0.0.0.0:0", "shop.example:80"}) {
    options.listen = listen;
    EXPECT_EQ(WebGateway::Start(options, channel, metrics).status().code(),
              absl::StatusCode::kInvalidArgument)
        << listen;
  }
  options.listen = "127.0.0.1:0";
  options.root = "/nowhere";
  EXPECT_EQ(WebGateway::Start(options, channel, metrics).status().code(),
            absl::StatusCode::kInvalidArgument);
  options.root = "";
  options.origins = {"https://shop.example"};
  auto gateway = WebGateway::Start(options, channel, metrics);
  ASSERT_TRUE(gateway.ok()) << gateway.status();
  httplib::Client browser("127.0.0.1", (*gateway)->port());
  const std::string path = "/frontdesk.v1.ChatService/GetAssistant";
  const auto post = [&](const std::string& to, const std::string& body, const std::string& origin) {
    httplib::Headers headers;
    if (!origin.empty()) headers.emplace("Origin", origin);
    return browser.Post(to, headers, body, "application/grpc-web+proto");
  };
  EXPECT_EQ(post(path, MessageFrame(""), "https://evil.example")->status, 403);
  const auto allowed = post(path, MessageFrame(""), "https://shop.example");
  EXPECT_EQ(allowed->status, 200);
  EXPECT_EQ(allowed->get_header_value("Access-Control-Allow-Origin"), "https://shop.example");
  EXPECT_NE(allowed->body.find("grpc-status: 14"), std::string::npos) << "nobody listens there";
  const auto status_of = [&](const std::string& to, const std::string& body) {
    return post(to, body, "")->body;
  };
  for (const char* hidden : {"/frontdesk.v1.PrivacyService/EraseCustomer",
                             "/frontdesk.v1.BundleService/ActivateBundle",
                             "/frontdesk.v1.ChatService/Converse", "/frontdesk.v1.ChatService/Nope"}) {
    EXPECT_NE(status_of(hidden, MessageFrame("")).find("grpc-status: 12"), std::string::npos) << hidden;
  }
  EXPECT_NE(status_of(path, "garbage").find("grpc-status: 3"), std::string::npos);
  EXPECT_EQ(browser.Get("/etc/passwd")->status, 404);
}

TEST(Presence, OffersGoToThoseWhoServeTheTeam) {
  Presence presence;
  const absl::Time now = absl::Now();
  presence.Set("noor", true, "Noor", now, {{"returns"}, 2});
  presence.Set("maya", true, "", now);
  presence.Set("ida", false, "", now);
  const auto agents = presence.Agents(now);
  ASSERT_EQ(agents.size(), 2u);
  EXPECT_TRUE(agents[0].Serves("billing")) << "maya takes all";
  EXPECT_FALSE(agents[1].Serves("billing"));
  EXPECT_TRUE(agents[1].Serves("returns"));
  EXPECT_EQ(agents[1].skills.capacity, 2);
  EXPECT_TRUE(presence.Agents(now + Presence::kLapse * 2).empty());
}

}  // namespace
}  // namespace frontdesk::server
