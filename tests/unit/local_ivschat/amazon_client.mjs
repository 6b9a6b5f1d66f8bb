// Amazon's own chat client, told what to do by lines of JSON and telling what it meets.
//
//   node --experimental-websocket amazon_client.mjs <folder of node_modules> <ws://…>
//
// In:  {"do": "open", "tokens": [...]}  {"do": "send", "content": …, "attributes": …}
//      {"do": "delete", "id": …, "reason": …}  {"do": "disconnectUser", "userId": …, "reason": …}
// Out: {"event": name, …} for each thing heard, {"done": action, …} or {"failed": action, …}.

import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const [folder, url] = process.argv.slice(2);
const require = createRequire(`${folder}/package.json`);
const chat = require('amazon-ivs-chat-messaging');

const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
let tokens = [];

const room = new chat.ChatRoom({
  regionOrUrl: url,
  maxReconnectAttempts: 1,
  tokenProvider: async () => ({ token: tokens.shift() }),
});
room.logLevel = 'error';
room.logger = { debug() {}, info() {}, error() {} };
room.addListener('connecting', () => tell({ event: 'connecting' }));
room.addListener('connect', () => tell({ event: 'connect' }));
room.addListener('disconnect', (reason) => tell({ event: 'disconnect', reason }));
room.addListener('message', (message) => tell({ event: 'message', message }));
room.addListener('event', (event) => tell({ event: 'event', told: event }));
room.addListener('messageDelete', (deletion) => tell({ event: 'messageDelete', deletion }));
room.addListener('userDisconnect', (told) => tell({ event: 'userDisconnect', told }));

const acts = {
  open: async (asked) => {
    tokens = asked.tokens;
    room.connect();
  },
  send: (asked) => room.sendMessage(new chat.SendMessageRequest(asked.content, asked.attributes)),
  delete: (asked) => room.deleteMessage(new chat.DeleteMessageRequest(asked.id, asked.reason)),
  disconnectUser: (asked) =>
    room.disconnectUser(new chat.DisconnectUserRequest(asked.userId, asked.reason)),
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const asked = JSON.parse(line);
  acts[asked.do](asked)
    .then((answer) => tell({ done: asked.do, answer }))
    .catch((error) => tell({ failed: asked.do, code: error.errorCode, message: error.errorMessage }));
}).on('close', () => process.exit(0));
