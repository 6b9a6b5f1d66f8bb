"""The local target: the synthesized template on one machine, without an AWS account.

    engine/        ministack, started as the project needs it
    mediaconvert/  MediaConvert's API on ffmpeg
    ivs/           IVS's API, its ingest by RTMP, its ladder, playback and recordings
    ivschat/       IVS Chat's API and messaging
    deploy/        the stacks into the engine
    edge/          one origin, as CloudFront gives it
    supervisor/    starts, watches and stops all of them
    seed/          demo people and videos through the public API

`python -m infra.local` runs it; `supervisor.LocalTarget` is the same for tests and benchmarks.
"""
