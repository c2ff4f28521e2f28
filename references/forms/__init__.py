"""The forms of this floor: they ask and clean; the verbs rule."""
