"""Portals that releases are pushed to: one module per kind of portal.

The contract. A module ``flows/portals/<kind>.py`` has

    Options                      a frozen pydantic model, extra="forbid": what a target may declare
    check(described, target)     -> problems that would make the portal refuse, before anything is
                                    sent, each with its fix
    push(release, target)        -> a receipt; idempotent: only what differs is sent
    verify(release, target)      -> differences between what was sent and what is there

Only public, published data is given to a portal. No portal is built in yet.
"""
