"""Code that Rasa loads (Python 3.10). It never imports `bussola`: the border is HTTP."""
