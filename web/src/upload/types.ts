/** Shapes shared by the uploader, its store and the API. Names follow the API's own. */
import type { Video, Visibility } from '../api/videos';

export interface FileFacts {
  name: string;
  size_bytes: number;
  content_type: string;
}

export interface NewUpload {
  title: string;
  description: string;
  tags: string[];
  visibility: Visibility;
  file: FileFacts;
}

export interface PartUrl {
  part_number: number;
  url: string;
}

export interface FinishedPart {
  part_number: number;
  etag: string;
}

export interface ReceivedPart extends FinishedPart {
  size_bytes: number;
}

export interface UploadPlan {
  part_size_bytes: number;
  part_count: number;
}

export interface CreatedUpload {
  video: Video;
  upload: UploadPlan & { parts: PartUrl[] };
}

export interface ReceivedUpload extends UploadPlan {
  file_name: string;
  size_bytes: number;
  received_parts: ReceivedPart[];
}

export interface UploadApi {
  received(videoId: string): Promise<ReceivedUpload>;
  renew(videoId: string, partNumbers: number[]): Promise<PartUrl[]>;
  complete(videoId: string, parts: FinishedPart[]): Promise<void>;
}

/**
 * queued: other uploads go first · preparing: asking what has arrived · waiting: no line, trying
 * again by itself · needs-file: the person has to choose the file (again) · needs-permission: the
 * browser has to be allowed to read it again · elsewhere: another tab is sending it.
 */
export type UploadPhase =
  | 'queued'
  | 'preparing'
  | 'uploading'
  | 'paused'
  | 'waiting'
  | 'needs-file'
  | 'needs-permission'
  | 'elsewhere'
  | 'finishing'
  | 'done'
  | 'failed';

export interface UploadProgress {
  phase: UploadPhase;
  /** Bytes of parts the server holds, plus bytes of parts on the way. */
  sentBytes: number;
  totalBytes: number;
  bytesPerSecond: number | null;
  secondsLeft: number | null;
  /** A sentence for the person, when there is something to say. */
  message: string | null;
}
