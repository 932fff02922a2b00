"""Training of model packages. Keras, TensorFlow and scikit-learn live here and nowhere else,
and only inside functions: the running program never imports this room."""
