"""Amazon IVS Chat for one machine: control API and messaging WebSocket on one loopback port.

Speaks REST-JSON of 2020-07-14 as the SDKs do, and the Chat Messaging API as Amazon's clients do.
Messages are reviewed by the room's function through the engine and logged to the engine's S3 in
IVS Chat's layout. What must stay true:

- a token is good for one connection, whatever is killed in between;
- each connection gets what is delivered to its room once, in the order of delivery; each sender's
  messages are delivered in the order sent, and no sender's slow review holds up another;
- a frame is encoded once for its room; a consumer that cannot keep up is dropped, alone;
- everything that waits is bounded: frames, reviews, connections, the log.
"""
