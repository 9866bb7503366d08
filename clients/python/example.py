"""Asks one question and prints the answer: python3 example.py 127.0.0.1:7600 "where is my order 48213?" """
import sys, uuid, grpc
from frontdesk.v1 import chat_pb2, chat_pb2_grpc

chat = chat_pb2_grpc.ChatServiceStub(grpc.insecure_channel(sys.argv[1]))
opened = chat.CreateConversation(chat_pb2.CreateConversationRequest(request_id=uuid.uuid4().hex))
message = chat_pb2.SendMessageRequest(conversation=opened.conversation.name, request_id=uuid.uuid4().hex, text=sys.argv[2])
for response in chat.SendMessage(message, metadata=[("authorization", "Bearer " + opened.conversation_token)]):
    if response.event.HasField("utterance"):
        print(response.event.utterance.text)
