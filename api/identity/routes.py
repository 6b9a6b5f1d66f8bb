"""All of identity's routes: those of each room."""

from api.identity.rooms import ROOMS
from api.rooms import router_of_room
from api.routing import context_router, take_routes

router = context_router("identity")
for room in ROOMS:
    take_routes(router, router_of_room("identity", room))
