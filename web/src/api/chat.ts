/** The chat of a channel as the pages use it; `handle` is the channel's owner everywhere. */
import { api, unwrap } from './client';
import type { components } from './generated/schema';
import type { Page } from './paging';
import type { Person } from './social';

type Schemas = components['schemas'];
export type ChatTicket = Schemas['ChatToken'];
export type ChatRole = ChatTicket['role'];
export type PublicChatSettings = ChatTicket['settings'];
/** With the blocked words, for the owner and moderators. */
export type ChatSettings = Schemas['ChatSettingsBody'];
export type Poll = Schemas['PollBody'];
export type Ban = Schemas['ChatBan'];
export type AuditEntry = Schemas['ChatAuditEntry'];
export type Act = AuditEntry['act'];
export type LoggedMessage = Schemas['LoggedMessage'];

const AUDIT_PAGE_SIZE = 30;
const of = (handle: string) => ({ params: { path: { handle } } });

/** Throws ApiError 403 `chat_banned`, 409 `chat_not_ready`. */
export async function askForChat(handle: string): Promise<ChatTicket> {
  return unwrap(await api.POST('/v1/channels/{handle}/chat/tokens', of(handle)));
}

/** With the version (ETag) that a change has to name. */
export async function getSettings(
  handle: string,
): Promise<{ settings: ChatSettings; etag: string }> {
  const answer = await api.GET('/v1/channels/{handle}/chat/settings', of(handle));
  return { settings: unwrap(answer), etag: answer.response.headers.get('etag') ?? '*' };
}

/** Throws ApiError 412 when somebody changed them since `etag`. */
export async function changeSettings(
  handle: string,
  etag: string,
  body: Partial<ChatSettings>,
): Promise<ChatSettings> {
  const params = { path: { handle }, header: { 'If-Match': etag } };
  return unwrap(await api.PATCH('/v1/channels/{handle}/chat/settings', { params, body }));
}

export async function deleteMessage(handle: string, message_id: string): Promise<void> {
  const params = { path: { handle, message_id } };
  unwrap(await api.DELETE('/v1/channels/{handle}/chat/messages/{message_id}', { params }));
}

/** `seconds` null: for good. A second one replaces the first. */
export async function ban(
  handle: string,
  user_id: string,
  seconds: number | null,
  reason: string | null = null,
): Promise<void> {
  const params = { path: { handle, user_id } };
  const body = { seconds, ...(reason ? { reason } : {}) };
  unwrap(await api.PUT('/v1/channels/{handle}/chat/bans/{user_id}', { params, body }));
}

export async function liftBan(handle: string, user_id: string): Promise<void> {
  const params = { path: { handle, user_id } };
  unwrap(await api.DELETE('/v1/channels/{handle}/chat/bans/{user_id}', { params }));
}

export async function listBans(handle: string, cursor: string | null): Promise<Page<Ban>> {
  const params = { path: { handle }, query: { cursor } };
  return unwrap(await api.GET('/v1/channels/{handle}/chat/bans', { params }));
}

export async function listModerators(handle: string): Promise<Person[]> {
  return unwrap(await api.GET('/v1/channels/{handle}/chat/moderators', of(handle))).items;
}

export async function nameModerator(handle: string, moderator: string): Promise<void> {
  const params = { path: { handle, moderator } };
  unwrap(await api.PUT('/v1/channels/{handle}/chat/moderators/{moderator}', { params }));
}

export async function dismissModerator(handle: string, moderator: string): Promise<void> {
  const params = { path: { handle, moderator } };
  unwrap(await api.DELETE('/v1/channels/{handle}/chat/moderators/{moderator}', { params }));
}

export async function listAudit(handle: string, cursor: string | null): Promise<Page<AuditEntry>> {
  const params = { path: { handle }, query: { cursor, limit: AUDIT_PAGE_SIZE } };
  return unwrap(await api.GET('/v1/channels/{handle}/chat/audit', { params }));
}

export async function openPoll(
  handle: string,
  body: { question: string; options: string[]; seconds: number },
): Promise<Poll> {
  return unwrap(await api.POST('/v1/channels/{handle}/chat/polls', { ...of(handle), body }));
}

/** Throws ApiError 404 when no poll is open. */
export async function getCurrentPoll(handle: string): Promise<Poll> {
  return unwrap(await api.GET('/v1/channels/{handle}/chat/polls/current', of(handle)));
}

/** Throws ApiError 409 `already_voted` when another option was chosen before. */
export async function vote(handle: string, poll_id: string, option: number): Promise<Poll> {
  const params = { path: { handle, poll_id } };
  return unwrap(
    await api.PUT('/v1/channels/{handle}/chat/polls/{poll_id}/vote', { params, body: { option } }),
  );
}

export async function closePoll(handle: string, poll_id: string): Promise<Poll> {
  const params = { path: { handle, poll_id } };
  return unwrap(await api.POST('/v1/channels/{handle}/chat/polls/{poll_id}/close', { params }));
}

/** Messages a minute, for the channel's owner. */
export async function getActivity(
  handle: string,
  from: string,
  to: string,
): Promise<{ at: string; messages: number }[]> {
  const params = { path: { handle }, query: { from, to } };
  return unwrap(await api.GET('/v1/channels/{handle}/chat/activity', { params })).minutes;
}

/** What was written during a replay, in order of its own time, from `from_ms` on. */
export async function listReplayChat(
  video_id: string,
  from_ms: number,
  cursor: string | null,
): Promise<Page<LoggedMessage>> {
  const query = cursor ? { cursor, limit: 100 } : { from_ms, limit: 100 };
  return unwrap(
    await api.GET('/v1/videos/{video_id}/chat', { params: { path: { video_id }, query } }),
  );
}
