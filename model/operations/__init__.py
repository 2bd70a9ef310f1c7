"""Operations: changes from the asking to the verdict, as events, their fold and what may happen next."""
