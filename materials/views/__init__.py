"""Pages of material: the board, the library, the record, its way, and the pages outside."""
