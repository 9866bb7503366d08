// Asks one question and prints the answer: node example.js http://127.0.0.1:7600 "where is my order 48213?"
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { ChatService } from "./frontdesk/v1/chat_pb.js";

const chat = createClient(ChatService, createGrpcTransport({ baseUrl: process.argv[2] }));
const opened = await chat.createConversation({ requestId: crypto.randomUUID() });
const message = { conversation: opened.conversation!.name, requestId: crypto.randomUUID(), text: process.argv[3] };
const headers = { authorization: `Bearer ${opened.conversationToken}` };
for await (const { event } of chat.sendMessage(message, { headers })) {
  if (event?.kind.case === "utterance") console.log(event.kind.value.text);
}
