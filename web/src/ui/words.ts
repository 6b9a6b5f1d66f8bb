/** Words for states, the same everywhere. */
import type { Video, Visibility } from '../api/videos';
import type { IconName } from './icons';

export const visibilityWords: Record<
  Visibility,
  { label: string; meaning: string; icon: IconName }
> = {
  public: { label: 'Public', meaning: 'Anyone can watch; it is on your channel.', icon: 'globe' },
  unlisted: { label: 'Unlisted', meaning: 'Anyone with the link can watch.', icon: 'link' },
  private: { label: 'Private', meaning: 'Only you and the people you name.', icon: 'lock' },
};

export function statusWords(video: Pick<Video, 'status' | 'progress_percent'>): string {
  switch (video.status) {
    case 'uploading':
      return 'Upload unfinished';
    case 'uploaded':
      return 'Waiting to be processed';
    case 'processing':
      return `Processing ${video.progress_percent}%`;
    case 'ready':
      return 'Ready';
    case 'failed':
      return 'Failed';
  }
}
