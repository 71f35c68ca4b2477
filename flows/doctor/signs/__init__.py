"""What may ail a column: one module per sign.

The contract. A module ``flows/doctor/signs/<sign>.py`` says in its docstring what it looks for and
what it refuses to guess, and has

    examine(column)              -> iterator of ``Finding``, over the column's distinct values,
                                    vectorised; nothing is raised for bad data

Counts are exact: a distinct value counts as often as it stands in rows. A sign whose remedy is a
repair gives it as ``Remedy("repair", name, options)``; ``flows.doctor.columns`` puts the remedies
of all signs into the order that ``flows/data/repair_order.yaml`` has.

Registered by file name (``catalog.registry``).
"""
