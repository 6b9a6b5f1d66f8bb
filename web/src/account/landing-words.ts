/** What went wrong on the way through another provider's page. */

const WORDS: Readonly<Record<string, string>> = {
  flow_not_here:
    'This answer belongs to another tab or was used already. Begin again where you want to log in.',
  cancelled: 'You did not allow it there, so nothing has happened here.',
  account_exists:
    'There is an account with this e-mail address already. Log in as you did before, then link it ' +
    'in your settings under Security.',
  flow_invalid: 'That took too long, or it was used already. Begin again.',
  provider_not_found: 'This way to log in is switched off.',
  provider_unavailable: 'The other side does not answer at the moment. Try again in a little while.',
};

const OTHERWISE = 'The other side did not confirm who you are. Begin again.';

/** `detail`: the API's own sentence, where there is one. */
export function landingWords(code: string, detail: string | null = null): string {
  return WORDS[code] ?? detail ?? OTHERWISE;
}
