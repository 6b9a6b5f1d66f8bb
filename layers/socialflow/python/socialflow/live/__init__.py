"""Live: channels, broadcasts, who watches, and what is told of it afterwards.

A *broadcast* consists of *sessions*, one for each time that the encoder connected (IVS streams):

    scheduled ──► starting ──► live ◄──► ending ──► ended

Its state is a pure function of its sessions, its creator's acts and the time (`models`). Between
`live` and `ending` it goes either way as long as the encoder comes back within the reconnect
window; everything else only goes forward, and `ended` is for good.
"""
