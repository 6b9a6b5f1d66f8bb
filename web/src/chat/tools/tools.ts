/** What a moderator can open from the head of the chat. */
export type Tool = 'poll' | 'moderation' | 'settings';
