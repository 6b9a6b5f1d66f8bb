"""Videos: from the first byte uploaded to playback, and everything that can go wrong between.

A video only moves forward:

    uploading ──► uploaded ──► processing ──► ready
        └────────────┴──────────────┴───────► failed(reason)

and deletion ends any of them. The replay of a broadcast begins at `processing`, because nobody
uploads it: it is made of recordings (`replays`), and grows while the broadcast goes on.
"""
