/** How an encoder is told where to send. */

export const KEY_PLACE = 'YOUR_STREAM_KEY';

/** A command that sends a file as a camera would: once, at its own pace. */
export function ffmpegCommand(ingestUrl: string, key: string): string {
  return [
    'ffmpeg -re -i video.mp4',
    '-c:v libx264 -preset veryfast -tune zerolatency -pix_fmt yuv420p',
    '-b:v 3000k -maxrate 3000k -bufsize 6000k -force_key_frames "expr:gte(t,n_forced*1)"',
    '-c:a aac -b:a 128k -ar 48000',
    `-f flv "${joined(ingestUrl, key)}"`,
  ].join(' \\\n  ');
}

function joined(ingestUrl: string, key: string): string {
  return `${ingestUrl.replace(/\/$/, '')}/${key}`;
}

/** What OBS is to be set to, in the order of its own settings. */
export const OBS_STEPS: readonly string[] = [
  'Settings → Stream: choose “Custom…” as the service.',
  'Paste the server and the stream key from above.',
  'Settings → Output: bitrate 2500–6000 Kbps, keyframe interval 1 s (2 s at most), H.264.',
  'Settings → Audio: 48 kHz. The audio is sent as AAC.',
  'Press “Start Streaming”.',
];
