/** Pictures of people come in several sizes, beside each other under the same address. */

/** The avatar that is sharp at so many CSS pixels, on a screen with two dots for each. */
export function avatarAt(url: string | null, pixels: number): string | null {
  const size = pixels <= 32 ? 64 : pixels <= 128 ? 256 : 512;
  return url?.replace(/\/256\.webp$/, `/${size}.webp`) ?? null;
}

/** What a browser may choose a banner from; nothing for a picture that is not ours yet. */
export function bannerSet(url: string): string | undefined {
  if (!url.endsWith('/1500.webp')) return undefined;
  return `${url.replace(/1500\.webp$/, '750.webp')} 750w, ${url} 1500w`;
}
