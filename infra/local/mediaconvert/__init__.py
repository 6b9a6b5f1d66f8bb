"""AWS Elemental MediaConvert for one machine: the real wire protocol over ffmpeg.

Speaks the REST-JSON API of 2017-08-29 (`CreateJob`, `GetJob`, `ListJobs`, `CancelJob`, `Probe`,
queues), reads from and writes to the local engine's S3, and posts the EventBridge events the
service posts. What must stay true:

- a setting this server does not act on is refused by name, never ignored;
- a job is one ffmpeg call, decoding the source once;
- an accepted job ends COMPLETE, ERROR or CANCELED, whatever is killed in between, and each
  change of state is announced at least once.
"""
