/** What admins see and do: people, their roles, and the audit log. */
import type { components } from './generated/schema';
import { api, unwrap } from './client';
import type { Page } from './paging';

export type FoundPerson = components['schemas']['FoundPerson'];
export type PersonFile = components['schemas']['PersonFile'];
export type AuditEntry = components['schemas']['AuditEntryBody'];

export interface AuditFilters {
  actor: string;
  target: string;
  act: string;
  /** RFC 3339, or empty. */
  from: string;
  to: string;
}

/** Roles that are given by hand; everybody is a viewer and a creator. */
export const GIVEN_ROLES = ['advertiser', 'moderator', 'finance', 'admin'] as const;
export type GivenRole = (typeof GIVEN_ROLES)[number];

const PAGE_SIZE = 50;

/** By handle, e-mail address or id. */
export async function findUsers(query: string): Promise<FoundPerson[]> {
  return unwrap(await api.GET('/v1/admin/users', { params: { query: { query } } })).items;
}

export async function getUser(user_id: string): Promise<PersonFile> {
  return unwrap(await api.GET('/v1/admin/users/{user_id}', { params: { path: { user_id } } }));
}

export async function grantRole(
  user_id: string,
  role: GivenRole,
  reason: string,
  expires_at: string | null,
): Promise<void> {
  unwrap(
    await api.PUT('/v1/admin/users/{user_id}/roles/{role}', {
      params: { path: { user_id, role } },
      body: { reason, ...(expires_at ? { expires_at } : {}) },
    }),
  );
}

export async function revokeRole(user_id: string, role: string, reason: string): Promise<void> {
  unwrap(
    await api.DELETE('/v1/admin/users/{user_id}/roles/{role}', {
      params: { path: { user_id, role: role as GivenRole } },
      body: { reason },
    }),
  );
}

export async function endSessionsOf(user_id: string, reason: string): Promise<void> {
  const params = { path: { user_id } };
  unwrap(await api.DELETE('/v1/admin/users/{user_id}/sessions', { params, body: { reason } }));
}

export async function readAudit(
  filters: AuditFilters,
  cursor: string | null,
): Promise<Page<AuditEntry>> {
  const given = Object.entries(filters).filter(([, value]) => value !== '');
  const query = { ...Object.fromEntries(given), cursor, limit: PAGE_SIZE };
  return unwrap(await api.GET('/v1/admin/audit', { params: { query } }));
}
