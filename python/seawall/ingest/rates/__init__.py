"""Tables of exchange rates that come with seawall; SOURCE.md tells where from."""
