/** The audit log's filters between the address and the form, and how its entries read. */
import type { AuditFilters } from '../../api/staff';

const NAMES = ['actor', 'target', 'act', 'from', 'to'] as const;

export function filtersIn(search: string): AuditFilters {
  const given = new URLSearchParams(search);
  const [actor, target, act, from, to] = NAMES.map((name) => given.get(name) ?? '');
  return { actor: actor ?? '', target: target ?? '', act: act ?? '', from: from ?? '', to: to ?? '' };
}

/** The page's address with these filters, so that it can be kept and shared. */
export function addressOf(filters: AuditFilters): string {
  const given = Object.entries(filters).filter(([, value]) => value !== '');
  const query = new URLSearchParams(given).toString();
  return query ? `/admin/audit?${query}` : '/admin/audit';
}

/** “2026-11-21T10:30” as typed, in the person's own time zone → RFC 3339; empty stays empty. */
export function toMoment(typed: string): string {
  return typed === '' ? '' : new Date(typed).toISOString();
}

/** What changed: “role: — → moderator”. */
export function changesIn(before: unknown, after: unknown): string[] {
  const [from, to] = [record(before), record(after)];
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return names.map((name) => `${name}: ${shown(from[name])} → ${shown(to[name])}`);
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function shown(value: unknown): string {
  if (value === undefined || value === null || value === '') return '—';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
