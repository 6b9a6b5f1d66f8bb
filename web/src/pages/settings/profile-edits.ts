/** What was changed in the form of one's profile: only that is sent. */
import type { Me, ProfileEdits } from '../../api/me';

export function fieldsOf(me: Me): ProfileEdits {
  return {
    display_name: me.display_name,
    bio: me.bio,
    links: [...me.links],
    locale: me.locale,
    birth_band: me.birth_band,
    interests: [...me.interests].sort(),
  };
}

/** As it would be kept: trimmed, without empty links. */
export function tidied(edits: ProfileEdits): ProfileEdits {
  return {
    ...edits,
    display_name: edits.display_name.trim(),
    bio: edits.bio.trim(),
    links: edits.links.map(asLink).filter((link) => link !== ''),
    interests: [...edits.interests].sort(),
  };
}

export function changes(from: ProfileEdits, to: ProfileEdits): Partial<ProfileEdits> {
  const keys = Object.keys(from) as (keyof ProfileEdits)[];
  const changed = keys.filter((key) => JSON.stringify(from[key]) !== JSON.stringify(to[key]));
  return Object.fromEntries(changed.map((key) => [key, to[key]]));
}

/** People write “example.com”. */
function asLink(typed: string): string {
  const link = typed.trim();
  return link === '' || /^[a-z][a-z0-9+.-]*:/i.test(link) ? link : `https://${link}`;
}
