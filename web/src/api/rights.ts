/** One's own data: taking it along, and having the account deleted. */
import type { components } from './generated/schema';
import { api, unwrap } from './client';

export type Export = components['schemas']['Export'];

export async function listExports(): Promise<Export[]> {
  return unwrap(await api.GET('/v1/me/exports')).items;
}

export async function requestExport(): Promise<Export> {
  return unwrap(await api.POST('/v1/me/exports'));
}

/** Where the file can be fetched for a quarter of an hour. */
export async function linkToExport(export_id: string): Promise<string> {
  const params = { path: { export_id } };
  return unwrap(await api.POST('/v1/me/exports/{export_id}/link', { params })).url;
}

/** Ends every session, this one too; answers when the account will be deleted. */
export async function requestDeletion(): Promise<string> {
  return unwrap(await api.POST('/v1/me/deletion')).delete_after;
}

export async function cancelDeletion(): Promise<void> {
  unwrap(await api.DELETE('/v1/me/deletion'));
}
